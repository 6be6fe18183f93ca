// SPDX-License-Identifier: Apache-2.0
// Reading: one value of one quantity at one time, with what is known about its quality.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace pegasus::sensor {

enum class Quality : std::uint8_t {
    Good,
    Uncertain,  ///< a plausible value, but something about it (the time, mostly) is in doubt
    Bad,        ///< the source answered with nonsense
    Missing,    ///< the source gave nothing: gone, silent or ended
};

/// "good", "uncertain", "bad", "missing": as in messages and on D-Bus.
[[nodiscard]] std::string_view qualityName(Quality quality);
[[nodiscard]] std::optional<Quality> qualityFromName(std::string_view name);

/// What is wrong with a reading, as in messages, from the words that its reason begins with: "warming-up", "out-of-range", "stuck",
/// "jump", "failed-crc", "stale", "clock-in-doubt", "maintenance"; empty for any other reason.
[[nodiscard]] std::string_view flawName(std::string_view reason);

struct Reading {
    std::string quantity;         ///< stable name within its sensor, such as "temperature"
    std::string unit;             ///< UCUM, such as "Cel"
    std::optional<double> value;  ///< finite when set; may be set when Bad (out of range), never when Missing
    Timestamp time;               ///< wall clock; a driver leaves it at 0 and the sampler fills it in
    Quality quality = Quality::Good;
    std::string reason;           ///< short, for people; empty when Good. Begins with a flaw, where it is one: "stuck: ..."

    bool operator==(const Reading&) const = default;
};

}  // namespace pegasus::sensor
