// SPDX-License-Identifier: Apache-2.0
// Option: one line of a driver's declaration. The check of the configuration, the typed values of the factory, the manual page,
// `pegasusctl sensor drivers` and the settings page of a desktop program all come from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/given.hpp"
#include "base/result.hpp"

namespace pegasus::sensor {

enum class OptionKind : std::uint8_t {
    Text,      ///< one line, not empty
    File,      ///< an absolute path
    Number,    ///< decimal, with a point
    Whole,     ///< an integer, also as 0x76; of `choices` if there are any
    Flag,      ///< true or false
    Time,      ///< 250ms, 20s, 5m, 24h, 30d
    Date,      ///< 2026-11-26
    Choice,    ///< one of `choices`
    List,      ///< texts, of `choices` if there are any, none twice; in YAML a list, or one text with commas
    Texts,     ///< the same, but a single text is one entry whatever commas it has
    Quantity,  ///< the name of a channel
    Unit,      ///< UCUM
};
/// "text", "file", "number", "whole", "flag", "time", "date", "choice", "list", "texts", "quantity", "unit".
[[nodiscard]] std::string_view kindName(OptionKind kind);

inline constexpr std::size_t kMaxListItems = 32;

struct Option {
    std::string_view name;
    OptionKind kind = OptionKind::Text;
    std::string_view help;           ///< one line, without a full stop: what it sets, not its kind or range
    std::string_view standard = {};  ///< the default as one would write it; empty: none, or `help` says what then is
    bool needed = false;
    std::string_view unit = {};         ///< of a Number: UCUM
    std::optional<double> least = {};   ///< of Number and Whole; of Time in seconds
    std::optional<double> most = {};
    std::span<const std::string_view> choices = {};
};

/// The options of a type: a table of constants, or two after one another.
class OptionTable : public std::vector<Option> {
public:
    OptionTable() = default;
    OptionTable(std::span<const Option> rows) : vector(rows.begin(), rows.end()) {}  // NOLINT: a table is one
    template <std::size_t N>
    OptionTable(const Option (&rows)[N]) : OptionTable(std::span<const Option>(rows)) {}  // NOLINT
    [[nodiscard]] OptionTable with(std::span<const Option> more) const {
        auto all = *this;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};

/// Whether `given` may be the option's value; the error says what was got and what is expected, beginning with the option's
/// name ("parameter 'scale' is '0,5', expected a number, with a point").
[[nodiscard]] Result<void> checkOption(const Option& option, const Given& given);

/// "whole number from 0x08 to 0x77", "number in hPa from 300 to 1100", "one of: a, b": for people.
[[nodiscard]] std::string expectation(const Option& option);

// The values of checked options.
[[nodiscard]] std::optional<std::int64_t> parseWhole(std::string_view text);
/// Items of a List: those of a YAML list, or of a text with commas.
[[nodiscard]] std::vector<std::string> itemsOf(const Option& option, const Given& given);

}  // namespace pegasus::sensor
