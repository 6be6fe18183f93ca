// SPDX-License-Identifier: Apache-2.0
// Extractor: numbers out of one line, by a regular expression with named groups or by JSON pointers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::drivers::lines {

/// One answer for each channel; none: the line does not tell it.
using Values = std::vector<std::optional<double>>;

class Extractor {
public:
    virtual ~Extractor() = default;
    /// An error: the line is not of the kind at all. Bounded in time whatever the line.
    [[nodiscard]] virtual Result<Values> extract(std::string_view line) const = 0;
};

/// `groups`: names of groups of the pattern (PCRE2). InvalidArgument: the pattern is wrong (with the place), or has no such group.
[[nodiscard]] Result<std::unique_ptr<Extractor>> byPattern(const std::string& pattern, const std::vector<std::string>& groups);
[[nodiscard]] Result<std::unique_ptr<Extractor>> byPointers(std::vector<std::string> pointers);

}  // namespace pegasus::drivers::lines
