// SPDX-License-Identifier: Apache-2.0
// Source: whether good readings come to a stream, and of what they are. Nothing may be sold of which there is none.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/sampler.hpp"

namespace pegasus::stream {

enum class SourceState : std::uint8_t {
    Live,      ///< a good reading came not long ago
    Starting,  ///< none yet, and it is early: the program or the stream is new, or was resumed
    Silent,    ///< none comes
};

/// What is known of a stream's readings at the moment it is asked.
struct Source {
    SourceState state = SourceState::Live;
    std::string problem;                    ///< why there is none, for people; empty when Live
    Duration without{0};                    ///< for how long no good reading has come; 0 when Live
    Duration patience{0};                   ///< a pause that is none yet: three turns of the sensor and its time-out
    std::optional<Timestamp> lastGood;      ///< since the program was started
    std::vector<sensor::Channel> channels;  ///< of the sensor, those that the stream carries; empty: not known
    Duration interval{0};                   ///< between two readings of a channel; 0: not known
    std::map<std::string, std::string> provenance;  ///< of the sensor, see sensor::Opened
};

/// What a stream remembers for it.
struct SourceMemory {
    SteadyTime since;    ///< the last good reading; before the first: since when one is waited for
    bool heard = false;  ///< there was one
    std::optional<Timestamp> lastGood;
    std::string reason;  ///< of the newest reading, where it was not good
    SourceState told = SourceState::Starting;  ///< what observers know
};

/// One turn of the sensor. Only Good readings count: those that are in doubt are published, not sold.
void remember(SourceMemory& memory, const std::optional<std::string>& quantity,
              const std::vector<sensor::Reading>& readings, Timestamp wall, SteadyTime now);

/// `sensor`: null where there is none. `paused`: the operator took the stream off its sensor.
[[nodiscard]] Source judgeSource(const std::string& sensorId, const std::optional<std::string>& quantity,
                                 const sensor::SensorInfo* sensor, bool paused, const SourceMemory& memory, SteadyTime now);

/// InvalidArgument, naming those there are, if the sensor does not have the quantity.
[[nodiscard]] Result<void> checkQuantity(const sensor::SensorInfo& sensor, const std::optional<std::string>& quantity);

}  // namespace pegasus::stream
