// SPDX-License-Identifier: Apache-2.0
// The records and fields of a table of text: RFC 4180, with the line ends and delimiters that are in use. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::drivers::replay {

/// The bytes as UTF-8 text, without a byte order mark. Config: another encoding, by its name, or NUL bytes.
[[nodiscard]] Result<std::string_view> plainText(std::string_view bytes);

struct Record {
    std::size_t line = 0;             ///< where it begins, counted from 1
    std::vector<std::string> fields;  ///< without quotes, and without blanks around
    bool ended = false;               ///< by a line end, not by the end of the text
};

/// Reads record after record; empty lines and lines that begin with # are passed over. The delimiter is a semicolon or a tab
/// where the first record has one of them and no comma, or where a line "sep=;" says so; else a comma.
class Table {
public:
    /// `text` must outlive it.
    explicit Table(std::string_view text);
    /// None: the end. Config: a quote that is not closed, or text after one.
    [[nodiscard]] Result<std::optional<Record>> next();
    [[nodiscard]] char delimiter() const { return delimiter_; }
    /// The line it has come to.
    [[nodiscard]] std::size_t line() const { return line_; }

private:
    void choose();
    [[nodiscard]] std::string_view lineAhead() const;
    void skipLine();
    void skipComments();
    void skipBlanks();
    bool endLine();
    Result<std::string> field();
    Result<std::string> quoted();

    std::string_view rest_;
    std::size_t line_ = 0;
    char delimiter_ = ',';
};

}  // namespace pegasus::drivers::replay
