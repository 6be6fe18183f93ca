// SPDX-License-Identifier: Apache-2.0
// Columns of a terminal that text takes. East Asian characters and emoji take two, combining ones none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pegasus::cli {

/// Of printable text (bus::printable); the locale of the environment does not matter.
[[nodiscard]] std::size_t displayWidth(std::string_view text);
/// The text, or as much of it as fits with "…" behind it. Combining marks stay with what they belong to.
[[nodiscard]] std::string cutToWidth(std::string text, std::size_t columns);

}  // namespace pegasus::cli
