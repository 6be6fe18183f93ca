// SPDX-License-Identifier: Apache-2.0
// Bounded reads of the small text files by which the kernel tells its state.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sensor/decimal.hpp"

namespace pegasus::drivers::linux_ {

/// The whole file, at most `limit` bytes. Opened without blocking: an empty pipe or a device without data is Timeout, not
/// a wait. NotFound, AccessDenied, InvalidArgument (a directory), LimitExceeded, Internal (the device's own errors, EIO).
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path, std::size_t limit = 4096);

/// The text without white space at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// One decimal number, white space around it allowed, nothing else; its step is one in its last digit.
[[nodiscard]] Result<sensor::Measured> parseNumber(std::string_view text);
[[nodiscard]] Result<sensor::Measured> readNumber(const std::filesystem::path& path);

/// The folders directly in `parent`, hwmon2 before hwmon10; NotFound if it is not there.
[[nodiscard]] Result<std::vector<std::filesystem::path>> foldersIn(const std::filesystem::path& parent);

/// `path`, absolute, below `root`.
[[nodiscard]] std::filesystem::path below(const std::filesystem::path& root, const std::filesystem::path& path);

}  // namespace pegasus::drivers::linux_
