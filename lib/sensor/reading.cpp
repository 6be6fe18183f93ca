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

}  // namespace

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
