// SPDX-License-Identifier: Apache-2.0
// Writes one JSON object, member by member, into a string: lists of trytes need no tree.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pegasus::iri {

class JsonWriter {
public:
    JsonWriter() : out_("{") {}

    void text(std::string_view name, std::string_view value) {
        key(name);
        quoted(value);
    }
    void number(std::string_view name, std::int64_t value) {
        key(name);
        fmt::format_to(std::back_inserter(out_), "{}", value);
    }
    void boolean(std::string_view name, bool value) {
        key(name);
        out_ += value ? "true" : "false";
    }
    /// `toText` gives what stands between the quotes.
    template <class List, class ToText>
    void texts(std::string_view name, const List& list, ToText toText) {
        key(name);
        out_ += '[';
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i != 0) out_ += ',';
            quoted(toText(list[i]));
        }
        out_ += ']';
    }
    /// Trytes of any fixed length.
    template <class Trytes>
    void trytes(std::string_view name, const std::vector<Trytes>& list) {
        out_.reserve(out_.size() + list.size() * (Trytes::kTrytes + 3) + 64);
        texts(name, list, [](const Trytes& item) { return item.view(); });
    }
    void booleans(std::string_view name, const std::vector<bool>& list) {
        key(name);
        out_ += '[';
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i != 0) out_ += ',';
            out_ += list[i] ? "true" : "false";
        }
        out_ += ']';
    }
    [[nodiscard]] std::string finish() {
        out_ += '}';
        return std::move(out_);
    }

private:
    void key(std::string_view name) {
        if (out_.size() > 1) out_ += ',';
        quoted(name);
        out_ += ':';
    }
    void quoted(std::string_view value) {
        out_ += '"';
        for (const char c : value) {
            if (c == '"' || c == '\\') {
                out_ += '\\';
                out_ += c;
            } else if (static_cast<unsigned char>(c) < 0x20) {
                fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<int>(c));
            } else {
                out_ += c;
            }
        }
        out_ += '"';
    }

    std::string out_;
};

}  // namespace pegasus::iri
