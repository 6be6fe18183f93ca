// SPDX-License-Identifier: Apache-2.0
// Whether good readings come to a stream.
#include "stream/source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pegasus::stream {
namespace {

constexpr int kPatientTurns = 3;

bool carries(const std::optional<std::string>& quantity, const std::string& one) { return !quantity || *quantity == one; }

}  // namespace

void remember(SourceMemory& memory, const std::optional<std::string>& quantity,
              const std::vector<sensor::Reading>& readings, Timestamp wall, SteadyTime now) {
    const sensor::Reading* bad = nullptr;
    for (const auto& reading : readings) {
        if (!carries(quantity, reading.quantity)) continue;
        if (reading.quality == sensor::Quality::Good && reading.value) {
            memory.since = now;
            memory.heard = true;
            memory.lastGood = wall;
            memory.reason.clear();
            return;
        }
        if (bad == nullptr) bad = &reading;
    }
    if (bad != nullptr) memory.reason = bad->reason;
}

Result<void> checkQuantity(const sensor::SensorInfo& sensor, const std::optional<std::string>& quantity) {
    std::vector<std::string> known;
    for (const auto& channel : sensor.channels) known.push_back(channel.quantity);
    // A source that is not there may not tell what it has.
    if (!quantity || known.empty() || std::ranges::find(known, *quantity) != known.end()) return {};
    return fail(ErrorCode::InvalidArgument, "sensor '{}' has no quantity '{}'; it has {}", sensor.config.id,
                quantity->substr(0, 128), fmt::join(known, ", "));
}

Source judgeSource(const std::string& sensorId, const std::optional<std::string>& quantity,
                   const sensor::SensorInfo* sensor, bool paused, const SourceMemory& memory, SteadyTime now) {
    Source out;
    out.lastGood = memory.lastGood;
    out.without = std::chrono::duration_cast<Duration>(now - memory.since);
    out.state = SourceState::Silent;
    if (sensor != nullptr) {
        out.interval = sensor->config.interval;
        out.patience = kPatientTurns * sensor->config.interval + sensor->config.timeout;
        out.provenance = sensor->provenance;
        for (const auto& channel : sensor->channels)
            if (carries(quantity, channel.quantity)) out.channels.push_back(channel);
    }
    // A source that was never there gives no readings that could tell why.
    const auto& reason = memory.reason.empty() && sensor != nullptr ? sensor->lastError : memory.reason;
    const auto because = reason.empty() ? reason : ": " + reason;
    if (sensor == nullptr) {
        out.problem = fmt::format("there is no sensor '{}' in the configuration, or it is disabled", sensorId);
    } else if (const auto known = checkQuantity(*sensor, quantity); !known) {
        out.problem = known.error().message;
    } else if (paused) {
        out.problem = "the stream is paused";
    } else if (out.without > out.patience) {
        out.problem = "no good reading comes" + because;
    } else if (!memory.heard) {
        out.state = SourceState::Starting;
        out.problem = "no good reading has come yet" + because;
    } else {
        out.state = SourceState::Live;
        out.without = Duration(0);
    }
    return out;
}

}  // namespace pegasus::stream
