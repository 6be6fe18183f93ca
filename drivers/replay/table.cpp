// SPDX-License-Identifier: Apache-2.0
// Encodings, delimiters, quotes and line ends.
#include "drivers/replay/table.hpp"

#include <algorithm>

#include "drivers/linux/file.hpp"
#include "sensor/channel_text.hpp"

namespace pegasus::drivers::replay {
namespace {

using linux_::trimmed;
using namespace std::string_view_literals;

constexpr std::string_view kLineEnds = "\r\n";
constexpr std::string_view kMark = "\xEF\xBB\xBF";  // the byte order mark, in UTF-8

/// "UTF-16", "UTF-32"; empty for others. By their marks, or by a NUL in the place of each second byte.
std::string_view wideEncoding(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return "UTF-16";
    if (bytes.size() < 4) return {};
    const bool low = bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0;
    const bool high = bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0;
    return low || high ? "UTF-16" : "";
}

}  // namespace

Result<std::string_view> plainText(std::string_view bytes) {
    if (const auto wide = wideEncoding(bytes); !wide.empty())
        return fail(ErrorCode::Config, "the file is {}, expected UTF-8: save it as such", wide);
    if (bytes.starts_with(kMark)) bytes.remove_prefix(kMark.size());
    std::size_t line = 1;
    for (auto rest = bytes; !rest.empty();) {
        const auto point = sensor::firstCodePoint(rest);
        if (point.bytes == 0)
            return fail(ErrorCode::Config, "line {}: not UTF-8, perhaps Latin-1 or Windows-1252: save the file as UTF-8",
                        line);
        if (point.value == 0)
            return fail(ErrorCode::Config, "line {}: NUL bytes, such as a power cut leaves where a row was to be", line);
        const bool pair = rest.starts_with("\r\n");
        if (pair || point.value == '\n' || point.value == '\r') ++line;
        rest.remove_prefix(pair ? 2 : point.bytes);
    }
    return bytes;
}

Table::Table(std::string_view text) : rest_(text) { choose(); }

void Table::choose() {
    constexpr std::string_view kSays = "sep=";
    skipComments();
    const auto first = lineAhead();
    const auto says = trimmed(first);
    if (says.size() == kSays.size() + 1 && says.starts_with(kSays) && ",;"sv.find(says.back()) != std::string_view::npos) {
        delimiter_ = says.back();
        skipLine();
        return;
    }
    std::size_t commas = 0;
    std::size_t semicolons = 0;
    std::size_t tabs = 0;
    bool inQuotes = false;
    for (const char c : first) {
        if (c == '"') inQuotes = !inQuotes;
        if (inQuotes) continue;
        commas += c == ',' ? 1 : 0;
        semicolons += c == ';' ? 1 : 0;
        tabs += c == '\t' ? 1 : 0;
    }
    if (commas == 0 && semicolons > 0) delimiter_ = ';';
    else if (commas == 0 && tabs > 0) delimiter_ = '\t';
}

Result<std::optional<Record>> Table::next() {
    skipComments();
    if (rest_.empty()) return std::optional<Record>();
    Record record;
    record.line = line_ + 1;
    for (;;) {
        auto text = field();
        if (!text)
            return fail(ErrorCode::Config, "line {}, field {}: {}", record.line, record.fields.size() + 1,
                        text.error().message);
        record.fields.push_back(*std::move(text));
        if (rest_.empty() || rest_.front() != delimiter_) break;
        rest_.remove_prefix(1);
    }
    record.ended = endLine();
    return std::optional(std::move(record));
}

std::string_view Table::lineAhead() const { return rest_.substr(0, rest_.find_first_of(kLineEnds)); }

void Table::skipLine() {
    rest_.remove_prefix(lineAhead().size());
    (void)endLine();
}

void Table::skipComments() {
    while (!rest_.empty()) {
        const auto line = trimmed(lineAhead());
        if (!line.empty() && line.front() != '#') return;
        skipLine();
    }
}

void Table::skipBlanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || (rest_.front() == '\t' && delimiter_ != '\t'))) rest_.remove_prefix(1);
}

/// False at the end of the text, where no line end is.
bool Table::endLine() {
    ++line_;
    if (rest_.empty()) return false;
    rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
    return true;
}

Result<std::string> Table::field() {
    skipBlanks();
    if (!rest_.empty() && rest_.front() == '"') return quoted();
    const auto line = lineAhead();
    const auto text = line.substr(0, line.find(delimiter_));
    rest_.remove_prefix(text.size());
    return std::string(trimmed(text));
}

Result<std::string> Table::quoted() {
    rest_.remove_prefix(1);
    std::string text;
    for (;;) {
        const auto quote = rest_.find('"');
        if (quote == std::string_view::npos) return fail(ErrorCode::Config, "a quote that is not closed");
        text += rest_.substr(0, quote);
        rest_.remove_prefix(quote + 1);
        if (!rest_.starts_with('"')) break;
        text += '"';  // two of them stand for one
        rest_.remove_prefix(1);
    }
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\n' || (text[i] == '\r' && !text.substr(i).starts_with("\r\n"))) ++line_;
    skipBlanks();
    const bool over = rest_.empty() || rest_.front() == delimiter_ || kLineEnds.find(rest_.front()) != std::string_view::npos;
    if (!over) return fail(ErrorCode::Config, "text after a quoted field");
    return std::string(trimmed(text));
}

}  // namespace pegasus::drivers::replay
