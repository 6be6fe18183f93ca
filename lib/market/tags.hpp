// SPDX-License-Identifier: Apache-2.0
// Tags of the market on the wire. docs/protocol.md, "Tags".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/types.hpp"

namespace pegasus::market {

/// Longest tag word, in characters.
inline constexpr std::size_t kMaxTagWord = 64;

/// The writer's rule: the first 27 trytes of the text with JSON quotes around it, two trytes a character.
/// InvalidArgument for a word with other characters than printable ASCII, or above kMaxTagWord.
[[nodiscard]] Result<model::Tag> tagOf(std::string_view word);
/// Whether the word with its quotes fits the tag, so that no other word has the same: 11 characters, without escapes.
/// InvalidArgument, with the reason.
[[nodiscard]] Result<void> checkTagWord(std::string_view word);
/// Every spelling under which such a word was or may have been written: quoted, unquoted, raw trytes, and the same of
/// the paper's "<word>-payment". The first one is tagOf(word); the empty tag is never one of them.
[[nodiscard]] Result<std::vector<model::Tag>> spellingsOf(std::string_view word);

/// Of a payment: two quotes, as the original's wallet sends.
[[nodiscard]] model::Tag paymentTag();

}  // namespace pegasus::market
