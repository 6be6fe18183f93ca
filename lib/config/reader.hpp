// SPDX-License-Identifier: Apache-2.0
// Reads the keys of one map into typed fields, and collects what is wrong with file, line and column.
#pragma once

#include <concepts>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration_text.hpp"
#include "config/config.hpp"
#include "config/tree.hpp"

namespace pegasus::config {

/// The file that is being read, and what reading it brings.
struct Source {
    std::string file;
    Problems& problems;
    Places& places;

    [[nodiscard]] std::string at(Place place) const;
};

/// One map of the document. Each field() call names a key; finish() complains about keys that were never named. A key
/// without a value is as one that is not there.
class Section {
public:
    Section(NodePtr node, Source& source, std::string path);

    /// `most`: bytes; no control characters.
    void field(const char* key, std::string& target, std::size_t least, std::size_t most);
    void field(const char* key, std::filesystem::path& target);
    void field(const char* key, bool& target);
    void field(const char* key, std::optional<bool>& target);
    void field(const char* key, Duration& target, Duration least, Duration most);
    void field(const char* key, double& target, double least, double most);
    void field(const char* key, std::optional<double>& target, double least, double most);
    /// A single value is a list of one.
    void field(const char* key, std::vector<std::string>& target, std::size_t most);
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    void field(const char* key, T& target, std::int64_t least, std::int64_t most) {
        if (const auto value = integer(key, least, most)) target = static_cast<T>(*value);
    }
    template <class E>
        requires std::is_enum_v<E>
    void field(const char* key, E& target, const std::map<std::string, E>& values) {
        const auto* node = scalar(key);
        if (node == nullptr) return;
        if (const auto it = values.find(node->text); it != values.end()) {
            target = it->second;
            return;
        }
        std::set<std::string> names;
        for (const auto& [name, value] : values) names.insert(name);
        complainChoice(*node, key, names);
    }
    /// Reads a map below this one.
    template <class Read>
    void section(const char* key, Read read) {
        Section below(take(key), *source_, full(key));
        read(below);
        below.finish();
    }
    /// Reads each sensor of the map `key` below this one.
    template <class Read>
    void sensors(const char* key, std::map<std::string, Sensor>& target, Read read) {
        for (const auto& [name, entry] : named(key)) {
            Section below(entry, *source_, full(key) + "." + name);
            read(below, target[name]);
            below.finish();
        }
    }
    /// What was not named so far, as it was written: the parameters of a driver. Those of a map below by "key.below".
    void rest(std::map<std::string, Given>& target);
    /// Keys at the top that begin with x- and hold an anchor are for aliases elsewhere.
    void skipAnchors();
    /// Call once, at the end.
    void finish();

private:
    [[nodiscard]] NodePtr take(const std::string& key);
    [[nodiscard]] const Node* scalar(const char* key);
    void given(const std::string& key, const NodePtr& node, std::map<std::string, Given>& target);
    [[nodiscard]] std::optional<std::int64_t> integer(const char* key, std::int64_t least, std::int64_t most);
    [[nodiscard]] std::vector<std::pair<std::string, NodePtr>> named(const char* key);
    void complain(Place place, const std::string& text);
    void complainChoice(const Node& node, const char* key, const std::set<std::string>& names);
    [[nodiscard]] std::string full(const std::string& key) const;

    NodePtr node_;
    Source* source_;
    std::string path_;
    std::set<std::string> known_;
};

}  // namespace pegasus::config
