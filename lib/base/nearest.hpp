// SPDX-License-Identifier: Apache-2.0
// What somebody may have meant by a word that is not known.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pegasus {

/// The one of `known` nearest to `word` in edits (a swap of neighbours is one), if it is near enough to be meant: at most a
/// third of the word, and at least one, may differ, never all of it.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);

}  // namespace pegasus
