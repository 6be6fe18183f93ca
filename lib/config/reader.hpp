// SPDX-License-Identifier: Apache-2.0
// Reads the keys of one YAML map into typed fields, and collects what is wrong with file, line and column.
#pragma once

#include <yaml-cpp/yaml.h>

#include <concepts>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace pegasus::config {

/// What was wrong, in the order found.
using Problems = std::vector<std::string>;

/// A length of time like "250ms", "10s", "5m", "24h", "30d"; nullopt if it is none.
[[nodiscard]] std::optional<Duration> parseDuration(std::string_view text);

/// The candidate nearest to `word`, if one is near enough to be what was meant.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, const std::set<std::string>& candidates);

/// One map of the document. Each field() call names a key; finish() complains about keys that were never named.
class Section {
public:
    Section(YAML::Node node, std::string file, std::string path, Problems& problems);

    void field(const char* key, std::string& target);
    void field(const char* key, bool& target);
    void field(const char* key, std::filesystem::path& target);
    void field(const char* key, Duration& target, Duration least, Duration most);
    void field(const char* key, double& target, double least, double most);
    void field(const char* key, std::optional<double>& target, double least, double most);
    void field(const char* key, std::vector<std::string>& target, std::size_t most);
    template <std::integral T>
    void field(const char* key, T& target, std::int64_t least, std::int64_t most) {
        if (const auto value = integer(key, least, most)) target = static_cast<T>(*value);
    }
    template <class E>
        requires std::is_enum_v<E>
    void field(const char* key, E& target, const std::map<std::string, E>& values) {
        const auto node = take(key);
        if (!node) return;
        const auto it = values.find(node.IsScalar() ? node.Scalar() : "");
        if (it != values.end()) {
            target = it->second;
            return;
        }
        std::set<std::string> names;
        for (const auto& [name, value] : values) names.insert(name);
        complainChoice(node, key, names);
    }
    [[nodiscard]] bool has(const char* key);
    /// Reads a map below this one.
    void section(const char* key, const std::function<void(Section&)>& read);
    /// Calls `read` for each entry of a map below this one, whose keys are free names.
    void entries(const char* key, const std::function<void(const std::string& name, Section&)>& read);
    /// Every scalar not named so far, as text: the parameters of a driver.
    void rest(std::map<std::string, std::string>& target);
    void complain(const YAML::Node& at, const std::string& text);
    [[nodiscard]] const YAML::Node& node() const { return node_; }
    /// Call once, at the end.
    void finish();

private:
    [[nodiscard]] YAML::Node take(const char* key);
    [[nodiscard]] std::optional<std::string> scalar(const char* key);
    [[nodiscard]] std::optional<std::int64_t> integer(const char* key, std::int64_t least, std::int64_t most);
    void complainChoice(const YAML::Node& at, const char* key, const std::set<std::string>& names);
    [[nodiscard]] std::string full(const std::string& key) const;

    YAML::Node node_;
    std::string file_;
    std::string path_;
    Problems& problems_;
    std::set<std::string> known_;
};

}  // namespace pegasus::config
