// SPDX-License-Identifier: Apache-2.0
// The configuration as key and value.
#include <fmt/format.h>

#include <concepts>
#include <set>

#include "config/keys.hpp"
#include "config/reader.hpp"

namespace pegasus::config {
namespace {

using Map = std::map<std::string, std::string>;

/// Walks the keys as Section does, and writes what is there.
class Values {
public:
    Values(Map& out, std::string path) : out_(out), path_(std::move(path)) {}

    void field(const char* key, const std::string& value, std::size_t, std::size_t) { put(key, value); }
    void field(const char* key, const std::filesystem::path& value) { put(key, value.string()); }
    void field(const char* key, bool value) { put(key, value ? "true" : "false"); }
    void field(const char* key, const std::optional<bool>& value) { value ? field(key, *value) : put(key, ""); }
    void field(const char* key, Duration value, Duration, Duration) { put(key, durationText(value)); }
    void field(const char* key, double value, double, double) { put(key, fmt::format("{}", value)); }
    void field(const char* key, const std::optional<double>& value, double, double) {
        put(key, value ? fmt::format("{}", *value) : "");
    }
    void field(const char* key, const std::vector<std::string>& value, std::size_t) {
        put(key, value.empty() ? "[]" : fmt::format("[\"{}\"]", fmt::join(value, "\", \"")));
    }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    void field(const char* key, T value, std::int64_t, std::int64_t) {
        put(key, fmt::format("{}", value));
    }
    template <class E>
        requires std::is_enum_v<E>
    void field(const char* key, E value, const std::map<std::string, E>& names) {
        for (const auto& [name, meant] : names)
            if (meant == value) put(key, name);
    }
    template <class Write>
    void section(const char* key, Write write) {
        Values below(out_, full(key));
        write(below);
    }
    template <class Write>
    void sensors(const char* key, std::map<std::string, Sensor>& all, Write write) {
        for (auto& [id, sensor] : all) {
            Values below(out_, full(key) + "." + id);
            write(below, sensor);
        }
    }
    void rest(const std::map<std::string, Given>& parameters) {
        for (const auto& [name, value] : parameters) put(name, value.text());
    }

private:
    [[nodiscard]] std::string full(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }
    void put(const std::string& key, std::string value) { out_[full(key)] = std::move(value); }

    Map& out_;
    std::string path_;
};

}  // namespace

Map values(const Config& config) {
    Map out;
    Values walk(out, "");
    auto copy = config;  // the walk is written for a reader too
    visit(walk, copy);
    return out;
}

std::vector<std::string> changedKeys(const Config& before, const Config& after) {
    const auto a = values(before);
    const auto b = values(after);
    std::set<std::string> changed;
    for (const auto& [key, value] : a)
        if (const auto it = b.find(key); it == b.end() || it->second != value) changed.insert(key);
    for (const auto& [key, value] : b)
        if (!a.contains(key)) changed.insert(key);
    return {changed.begin(), changed.end()};
}

}  // namespace pegasus::config
