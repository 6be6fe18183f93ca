// SPDX-License-Identifier: Apache-2.0
// Loads a file of golden vectors: from the folder named by PEGASUS_VECTORS, or from the project's own copy.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pegasus::vectors {

namespace json = boost::json;

inline std::string folder() {
    const char* named = std::getenv("PEGASUS_VECTORS");
    return named != nullptr && *named != '\0' ? named : PEGASUS_VECTORS_DEFAULT;
}

/// The whole file; throws (and so fails the test) if it is not there or not JSON.
inline json::object load(const std::string& name) {
    const std::string path = folder() + "/" + name;
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot open " + path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return json::parse(text).as_object();
}

/// The cases of one list of a file. Another set may lack a list, but not all of them, and none may be empty; in the project's own copy
/// each has cases.
inline json::array cases(const std::string& name, std::string_view list = "vectors") {
    const auto file = load(name);
    const auto isList = [](const auto& member) { return member.value().is_array() && !member.value().get_array().empty(); };
    const auto* found = file.if_contains(list);
    const bool mayLack = folder() != PEGASUS_VECTORS_DEFAULT && std::any_of(file.begin(), file.end(), isList);
    if (found == nullptr && mayLack) return {};
    auto result = found != nullptr ? found->as_array() : json::array{};
    if (result.empty()) throw std::runtime_error("no cases in " + name);
    return result;
}

inline std::string text(const json::object& o, std::string_view key) { return std::string(o.at(key).as_string()); }
/// The text of a member that may be absent.
inline std::string textOr(const json::object& o, std::string_view key, std::string_view otherwise) {
    const auto* found = o.if_contains(key);
    return std::string(found != nullptr ? std::string_view(found->as_string()) : otherwise);
}
inline std::int64_t integer(const json::object& o, std::string_view key) {
    return o.at(key).to_number<std::int64_t>();
}
template <class T>
std::vector<T> numbers(const json::value& list) {
    std::vector<T> out;
    for (const auto& x : list.as_array()) out.push_back(x.to_number<T>());
    return out;
}

}  // namespace pegasus::vectors
