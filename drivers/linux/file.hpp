// SPDX-License-Identifier: Apache-2.0
// Bounded reads of the small text files by which the kernel tells its state.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::drivers::linux_ {

/// The whole file, at most `limit` bytes. Opened without blocking: an empty pipe or a device without data is Timeout, not
/// a wait. NotFound, AccessDenied, InvalidArgument (a directory), LimitExceeded, Internal (the device's own errors, EIO).
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path, std::size_t limit = 4096);

/// The text without white space at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// One finite decimal number, white space around it allowed, nothing else.
[[nodiscard]] Result<double> parseNumber(std::string_view text);
[[nodiscard]] Result<double> readNumber(const std::filesystem::path& path);

/// The folder directly in `parent` whose file `attribute` holds `value`; the first by name. NotFound says which values there are.
[[nodiscard]] Result<std::filesystem::path> findByAttribute(const std::filesystem::path& parent,
                                                            std::string_view attribute, std::string_view value);

/// `path`, absolute, below `root`.
[[nodiscard]] std::filesystem::path below(const std::filesystem::path& root, const std::filesystem::path& path);

}  // namespace pegasus::drivers::linux_
