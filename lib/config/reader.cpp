// SPDX-License-Identifier: Apache-2.0
// Section: typed reading with positions.
#include "config/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace pegasus::config {
namespace {

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

std::optional<double> number(const std::string& text) {
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::string human(Duration d) { return fmt::format("{} s", static_cast<double>(d.count()) / 1e6); }

}  // namespace

std::optional<Duration> parseDuration(std::string_view text) {
    static const std::map<std::string_view, std::int64_t> kUnits{
        {"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000}};
    std::int64_t count = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count < 0) return std::nullopt;
    if (count == 0 && stop == text.data() + text.size()) return Duration(0);
    const auto unit = kUnits.find(std::string_view(stop, static_cast<std::size_t>(text.data() + text.size() - stop)));
    std::int64_t micros = 0;
    if (unit == kUnits.end() || __builtin_mul_overflow(count, unit->second, &micros)) return std::nullopt;
    return Duration(micros);
}

std::optional<std::string> nearest(std::string_view word, const std::set<std::string>& candidates) {
    std::optional<std::string> best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const auto distance = editDistance(word, candidate);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    return best;
}

Section::Section(YAML::Node node, std::string file, std::string path, Problems& problems)
    : node_(std::move(node)), file_(std::move(file)), path_(std::move(path)), problems_(problems) {
    if (node_ && !node_.IsNull() && !node_.IsMap()) {
        complain(node_, fmt::format("{} is not a map of keys", path_.empty() ? "the document" : path_));
        node_ = YAML::Node(YAML::NodeType::Null);
    }
}

std::string Section::full(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

void Section::complain(const YAML::Node& at, const std::string& text) {
    const auto mark = at.Mark();
    problems_.push_back(fmt::format("{}:{}:{}: {}", file_, mark.line + 1, mark.column + 1, text));
}

void Section::complainChoice(const YAML::Node& at, const char* key, const std::set<std::string>& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    complain(at, fmt::format("{} is '{}', expected one of: {}", full(key), at.IsScalar() ? at.Scalar() : "no word", list));
}

YAML::Node Section::take(const char* key) {
    known_.insert(key);
    if (!node_ || !node_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
    const YAML::Node& map = node_;  // the const operator[] does not insert
    return map[key];
}

bool Section::has(const char* key) { return take(key).IsDefined(); }

std::optional<std::string> Section::scalar(const char* key) {
    const auto node = take(key);
    if (!node) return std::nullopt;
    if (node.IsScalar()) return node.Scalar();
    complain(node, fmt::format("{} is not a single value", full(key)));
    return std::nullopt;
}

void Section::field(const char* key, std::string& target) {
    if (auto text = scalar(key)) target = std::move(*text);
}

void Section::field(const char* key, std::filesystem::path& target) {
    if (auto text = scalar(key)) target = std::move(*text);
}

void Section::field(const char* key, bool& target) {
    const auto text = scalar(key);
    if (!text) return;
    if (*text == "true" || *text == "yes" || *text == "on") {
        target = true;
    } else if (*text == "false" || *text == "no" || *text == "off") {
        target = false;
    } else {
        complain(take(key), fmt::format("{} is '{}', expected true or false", full(key), *text));
    }
}

void Section::field(const char* key, Duration& target, Duration least, Duration most) {
    const auto text = scalar(key);
    if (!text) return;
    const auto value = parseDuration(*text);
    if (!value) {
        complain(take(key), fmt::format("{} is '{}', expected a length of time like 250ms, 10s, 5m, 24h or 30d", full(key), *text));
    } else if (*value < least || *value > most) {
        complain(take(key), fmt::format("{} is {}, expected {} to {}", full(key), *text, human(least), human(most)));
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
    const auto text = scalar(key);
    if (!text) return;
    const auto value = number(*text);
    if (!value || *value < least || *value > most) {
        complain(take(key), fmt::format("{} is '{}', expected a number from {} to {}", full(key), *text, least, most));
    } else {
        target = value;
    }
}

std::optional<std::int64_t> Section::integer(const char* key, std::int64_t least, std::int64_t most) {
    const auto text = scalar(key);
    if (!text) return std::nullopt;
    std::int64_t value = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, value);
    if (error != std::errc() || stop != end || value < least || value > most) {
        complain(take(key), fmt::format("{} is '{}', expected a whole number from {} to {}", full(key), *text, least, most));
        return std::nullopt;
    }
    return value;
}

void Section::field(const char* key, std::vector<std::string>& target, std::size_t most) {
    const auto node = take(key);
    if (!node) return;
    if (!node.IsSequence() || node.size() > most) {
        complain(node, fmt::format("{} is not a list of at most {} entries", full(key), most));
        return;
    }
    target.clear();
    for (const auto& item : node) {
        if (item.IsScalar()) {
            target.push_back(item.Scalar());
        } else {
            complain(item, fmt::format("an entry of {} is not a single value", full(key)));
        }
    }
}

void Section::section(const char* key, const std::function<void(Section&)>& read) {
    Section below(take(key), file_, full(key), problems_);
    read(below);
    below.finish();
}

void Section::entries(const char* key, const std::function<void(const std::string&, Section&)>& read) {
    const auto node = take(key);
    if (!node || node.IsNull()) return;
    if (!node.IsMap()) {
        complain(node, fmt::format("{} is not a map of names", full(key)));
        return;
    }
    for (const auto& entry : node) {
        const auto name = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        Section below(entry.second, file_, full(key) + "." + name, problems_);
        read(name, below);
        below.finish();
    }
}

void Section::rest(std::map<std::string, std::string>& target) {
    if (!node_ || !node_.IsMap()) return;
    for (const auto& entry : node_) {
        const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        if (known_.contains(key)) continue;
        known_.insert(key);
        if (entry.second.IsScalar()) {
            target[key] = entry.second.Scalar();
        } else {
            complain(entry.second, fmt::format("{} is not a single value", full(key)));
        }
    }
}

void Section::finish() {
    if (!node_ || !node_.IsMap()) return;
    for (const auto& entry : node_) {
        const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        if (known_.contains(key)) continue;
        const auto guess = nearest(key, known_);
        complain(entry.first, fmt::format("unknown key '{}'{}", full(key), guess ? fmt::format(", did you mean '{}'?", *guess) : ""));
    }
}

}  // namespace pegasus::config
