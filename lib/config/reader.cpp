// SPDX-License-Identifier: Apache-2.0
// Section: typed reading with positions.
#include "config/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/nearest.hpp"
#include "base/words.hpp"

namespace pegasus::config {
namespace {

using Kind = Node::Kind;

constexpr std::size_t kMostScalar = 4096;
constexpr std::size_t kShownText = 60;
constexpr std::size_t kMostItems = 64;     // of a list of a driver's parameters
constexpr std::ptrdiff_t kMostNested = 3;  // maps below a sensor, counting dots of their keys

std::optional<double> number(const std::string& text) {
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// As it stands in an error.
std::string shown(const std::string& text) { return text.size() <= kShownText ? text : text.substr(0, kShownText) + "..."; }

}  // namespace

std::string Source::at(Place place) const { return fmt::format("{}:{}:{}: ", file, place.line, place.column); }

Section::Section(NodePtr node, Source& source, std::string path)
    : node_(std::move(node)), source_(&source), path_(std::move(path)) {
    if (node_ == nullptr || node_->kind == Kind::Map) return;
    if (node_->kind != Kind::Null)
        complain(node_->place, fmt::format("{} is not a map of keys", path_.empty() ? "the document" : path_));
    node_ = nullptr;
}

std::string Section::full(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

void Section::complain(Place place, const std::string& text) { source_->problems.push_back(source_->at(place) + text); }

void Section::complainChoice(const Node& node, const char* key, const std::set<std::string>& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    complain(node.place, fmt::format("{} is '{}', expected one of: {}", full(key), shown(node.text), list));
}

NodePtr Section::take(const std::string& key) {
    known_.insert(key);
    const auto* entry = node_ == nullptr ? nullptr : node_->find(key);
    if (entry == nullptr || entry->value->kind == Kind::Null) return nullptr;
    const auto place = entry->value->kind == Kind::Map ? entry->place : entry->value->place;
    source_->places[full(key)] = fmt::format("{}:{}:{}", source_->file, place.line, place.column);
    return entry->value;
}

const Node* Section::scalar(const char* key) {
    const auto node = take(key);  // the tree outlives the section
    if (node == nullptr) return nullptr;
    if (node->kind != Kind::Scalar) {
        complain(node->place, fmt::format("{} is not a single value", full(key)));
    } else if (node->text.size() > kMostScalar) {
        complain(node->place, fmt::format("{} has {} bytes, at most {} fit", full(key), node->text.size(), kMostScalar));
    } else {
        return node.get();
    }
    return nullptr;
}

void Section::field(const char* key, std::string& target, std::size_t least, std::size_t most) {
    const auto* node = scalar(key);
    if (node == nullptr) return;
    const auto control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
    if (node->text.size() < least || node->text.size() > most || std::ranges::any_of(node->text, control)) {
        const auto wanted = least == 0 ? fmt::format("at most {}", most) : fmt::format("{} to {}", least, most);
        complain(node->place, fmt::format("{} has {} bytes, expected {} on one line", full(key), node->text.size(), wanted));
    } else {
        target = node->text;
    }
}

void Section::field(const char* key, std::filesystem::path& target) {
    const auto* node = scalar(key);
    if (node == nullptr) return;
    if (!node->text.empty() && !node->text.starts_with('/')) {
        complain(node->place, fmt::format("{} is '{}', expected the whole path of a file, from /", full(key), shown(node->text)));
    } else {
        target = node->text;
    }
}

void Section::field(const char* key, bool& target) {
    const auto* node = scalar(key);
    if (node == nullptr) return;
    if (const auto value = truthValue(node->text)) {
        target = *value;
    } else {
        complain(node->place, fmt::format("{} is '{}', expected true or false", full(key), shown(node->text)));
    }
}

void Section::field(const char* key, std::optional<bool>& target) {
    bool value = false;
    if (take(key) == nullptr) return;
    field(key, value);
    target = value;
}

void Section::field(const char* key, Duration& target, Duration least, Duration most) {
    const auto* node = scalar(key);
    if (node == nullptr) return;
    const auto value = parseDuration(node->text);
    if (!value) {
        complain(node->place, fmt::format("{} is '{}', expected a whole number with its unit, like 250ms, 20s, 5m, 24h or 30d",
                                          full(key), shown(node->text)));
    } else if (*value < least || *value > most) {
        complain(node->place, fmt::format("{} is {}, expected {} to {}", full(key), node->text, durationText(least), durationText(most)));
    } else {
        target = *value;
    }
}

void Section::field(const char* key, double& target, double least, double most) {
    std::optional<double> value;
    field(key, value, least, most);
    if (value) target = *value;
}

void Section::field(const char* key, std::optional<double>& target, double least, double most) {
    const auto* node = scalar(key);
    if (node == nullptr) return;
    const auto value = number(node->text);
    if (!value || *value < least || *value > most) {
        complain(node->place, fmt::format("{} is '{}', expected a number, with a point, from {} to {}", full(key), shown(node->text), least, most));
    } else {
        target = value;
    }
}

std::optional<std::int64_t> Section::integer(const char* key, std::int64_t least, std::int64_t most) {
    const auto* node = scalar(key);
    if (node == nullptr) return std::nullopt;
    const auto& text = node->text;
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const bool octal = text.size() > 1 && text.starts_with('0');  // YAML 1.1 reads another number than a person
    if (error != std::errc() || stop != end || octal || value < least || value > most) {
        complain(node->place, fmt::format("{} is '{}', expected a whole number from {} to {}", full(key), shown(text), least, most));
        return std::nullopt;
    }
    return value;
}

void Section::field(const char* key, std::vector<std::string>& target, std::size_t most) {
    const auto node = take(key);
    if (node == nullptr) return;
    const auto items = node->kind == Kind::List ? node->items : std::vector<NodePtr>{node};
    if (node->kind == Kind::Map || items.size() > most) {
        complain(node->place, fmt::format("{} is not a list of at most {} entries", full(key), most));
        return;
    }
    target.clear();
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& item = *items[i];
        if (item.kind == Kind::Scalar && item.text.size() <= kMostScalar) {
            source_->places[fmt::format("{}[{}]", full(key), i)] =
                fmt::format("{}:{}:{}", source_->file, item.place.line, item.place.column);
            target.push_back(item.text);
        } else {
            complain(item.place, fmt::format("an entry of {} is not a single value", full(key)));
        }
    }
}

std::vector<std::pair<std::string, NodePtr>> Section::named(const char* key) {
    std::vector<std::pair<std::string, NodePtr>> found;
    const auto node = take(key);
    if (node == nullptr) return found;
    if (node->kind != Kind::Map) {
        complain(node->place, fmt::format("{} is not a map of names, such as {}: {{roof: {{type: system}}}}", full(key), key));
        return found;
    }
    if (node->entries.size() > defaults::kMostSensors) {
        complain(node->place, fmt::format("more than {} sensors", defaults::kMostSensors));
        return found;
    }
    for (const auto& entry : node->entries) {
        const auto path = full(key) + "." + entry.key;
        // In one file no name is there twice; another file may change single keys, but not define it again.
        const auto earlier = source_->places.find(path + ".type");
        if (earlier != source_->places.end() && entry.value->find("type") != nullptr) {
            complain(entry.place, fmt::format("{} is defined twice: here and at {}; to change it, leave out its type", path, earlier->second));
            continue;
        }
        if (earlier == source_->places.end())
            source_->places[path] = fmt::format("{}:{}:{}", source_->file, entry.place.line, entry.place.column);
        found.emplace_back(entry.key, entry.value);
    }
    return found;
}

void Section::rest(std::map<std::string, Given>& target) {
    if (node_ == nullptr) return;
    for (const auto& entry : node_->entries)
        if (!known_.contains(entry.key)) given(entry.key, take(entry.key), target);
}

void Section::given(const std::string& key, const NodePtr& node, std::map<std::string, Given>& target) {
    if (node == nullptr) return;
    if (node->kind == Kind::Map) {
        if (std::ranges::count(key, '.') >= kMostNested) return complain(node->place, fmt::format("{} is a map too deep", full(key)));
        for (const auto& entry : node->entries) {
            const auto below = key + "." + entry.key;
            const auto place = entry.value->kind == Kind::Map ? entry.place : entry.value->place;
            source_->places[full(below)] = fmt::format("{}:{}:{}", source_->file, place.line, place.column);
            if (entry.value->kind != Kind::Null) given(below, entry.value, target);
        }
        return;
    }
    const bool list = node->kind == Kind::List;
    Given value;
    value.list = list;
    for (const auto& item : list ? node->items : std::vector<NodePtr>{node}) {
        if (item->kind != Kind::Scalar)
            return complain(item->place, fmt::format("{} is not a single value", list ? "an entry of " + full(key) : full(key)));
        if (item->text.size() > kMostScalar)
            return complain(item->place, fmt::format("{} has {} bytes, at most {} fit", full(key), item->text.size(), kMostScalar));
        value.items.push_back(item->text);
        if (value.items.size() > kMostItems) return complain(node->place, fmt::format("{} has more than {} entries", full(key), kMostItems));
    }
    target[key] = std::move(value);
}

void Section::skipAnchors() {
    if (node_ == nullptr) return;
    for (const auto& entry : node_->entries)
        if (entry.key.starts_with("x-") && entry.value->anchored) known_.insert(entry.key);
}

void Section::finish() {
    if (node_ == nullptr) return;
    const auto known = known_;
    for (const auto& entry : node_->entries) {
        if (known.contains(entry.key)) continue;
        const auto guess = nearest(entry.key.substr(0, kShownText), std::vector(known.begin(), known.end()));
        complain(entry.place, fmt::format("unknown key '{}'{}", shown(full(entry.key)), guess ? fmt::format(", did you mean '{}'?", *guess) : ""));
    }
}

}  // namespace pegasus::config
