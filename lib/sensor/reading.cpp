// SPDX-License-Identifier: Apache-2.0
// Names of qualities.
#include "sensor/reading.hpp"

#include <array>
#include <utility>

namespace pegasus::sensor {
namespace {

constexpr std::array<std::pair<Quality, std::string_view>, 4> kNames{{
    {Quality::Good, "good"},
    {Quality::Uncertain, "uncertain"},
    {Quality::Bad, "bad"},
    {Quality::Missing, "missing"},
}};

/// The words with which a reason begins, and the flaw.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kFlaws{{
    {"warming up", "warming-up"},
    {"out of range", "out-of-range"},
    {"stuck", "stuck"},
    {"jump", "jump"},
    {"failed CRC", "failed-crc"},
    {"stale", "stale"},
    {"clock in doubt", "clock-in-doubt"},
    {"maintenance", "maintenance"},
}};

}  // namespace

std::string_view flawName(std::string_view reason) {
    for (const auto& [words, flaw] : kFlaws)
        if (reason.starts_with(words) && (reason.size() == words.size() || reason[words.size()] == ':')) return flaw;
    return {};
}

std::string_view qualityName(Quality quality) {
    for (const auto& [value, name] : kNames)
        if (value == quality) return name;
    return {};
}

std::optional<Quality> qualityFromName(std::string_view name) {
    for (const auto& [value, known] : kNames)
        if (known == name) return value;
    return std::nullopt;
}

}  // namespace pegasus::sensor
