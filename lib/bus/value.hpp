// SPDX-License-Identifier: Apache-2.0
// Plain values for what travels as variants: options, rows of queries, properties. Free of sdbus-c++.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace pegasus::bus {

class Value;
/// a{sv}
using Dict = std::map<std::string, Value>;

/// One variant. D-Bus types: b, x (n, i and x are read), t (y, q, u and t are read), d, s (s, o and g are read), as, a{sv},
/// aa{sv}.
class Value {
public:
    using Strings = std::vector<std::string>;
    using Dicts = std::vector<Dict>;
    using Data =
        std::variant<bool, std::int64_t, std::uint64_t, double, std::string, Strings, Dict, Dicts>;

    Value() : data_(std::string()) {}
    Value(bool v) : data_(v) {}                     // NOLINT: implicit by design, as a variant is
    Value(int v) : data_(std::int64_t{v}) {}        // NOLINT
    Value(std::int64_t v) : data_(v) {}             // NOLINT
    Value(std::uint64_t v) : data_(v) {}            // NOLINT
    Value(std::uint32_t v) : data_(std::uint64_t{v}) {}  // NOLINT
    Value(double v) : data_(v) {}                   // NOLINT
    Value(const char* v) : data_(std::string(v)) {}      // NOLINT
    Value(std::string_view v) : data_(std::string(v)) {}  // NOLINT
    Value(std::string v) : data_(std::move(v)) {}   // NOLINT
    Value(Strings v) : data_(std::move(v)) {}       // NOLINT
    Value(Dict v) : data_(std::move(v)) {}          // NOLINT
    Value(Dicts v) : data_(std::move(v)) {}         // NOLINT

    [[nodiscard]] const Data& data() const { return data_; }
    template <class T>
    [[nodiscard]] const T* as() const {
        return std::get_if<T>(&data_);
    }
    bool operator==(const Value&) const = default;

private:
    Data data_;
};

using Dicts = Value::Dicts;
/// Rows of a query and where to go on; an empty cursor is the end.
struct Page {
    Dicts rows;
    std::string next;
};

/// What is at `key`, or the fallback where it is missing or of another type. For what our own daemon sent.
[[nodiscard]] std::string textAt(const Dict& dict, const std::string& key);
[[nodiscard]] std::int64_t integerAt(const Dict& dict, const std::string& key);
[[nodiscard]] bool flagAt(const Dict& dict, const std::string& key);

/// Options of a call, taken one by one; what nobody took is an error, so that a misspelt option is not ignored.
class Options {
public:
    explicit Options(Dict dict) : rest_(std::move(dict)) {}
    /// InvalidArgument where the type is wrong or the text longer than kMaxTextLength.
    [[nodiscard]] Result<std::string> text(const std::string& key, std::string fallback = {});
    [[nodiscard]] Result<std::int64_t> integer(const std::string& key, std::int64_t fallback = 0);
    [[nodiscard]] Result<double> number(const std::string& key, double fallback = 0);
    [[nodiscard]] Result<bool> flag(const std::string& key, bool fallback = false);
    [[nodiscard]] Result<std::vector<std::string>> texts(const std::string& key);
    [[nodiscard]] bool has(const std::string& key) const { return rest_.contains(key); }
    /// InvalidArgument names the first option that was not taken.
    [[nodiscard]] Result<void> done() const;

private:
    Dict rest_;
};

}  // namespace pegasus::bus
