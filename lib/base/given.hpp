// SPDX-License-Identifier: Apache-2.0
// Given: a value of a configuration as somebody wrote it.
#pragma once

#include <fmt/ranges.h>

#include <string>
#include <utility>
#include <vector>

namespace pegasus {

/// One text, or a list of them.
struct Given {
    Given() = default;
    Given(std::string text) : items{std::move(text)} {}  // NOLINT: a text is one
    Given(const char* text) : items{text} {}             // NOLINT
    explicit Given(std::vector<std::string> all) : items(std::move(all)), list(true) {}

    std::vector<std::string> items;
    bool list = false;

    /// "a", "a, b": for people and for comparing.
    [[nodiscard]] std::string text() const { return fmt::format("{}", fmt::join(items, ", ")); }
    bool operator==(const Given&) const = default;
};

}  // namespace pegasus
