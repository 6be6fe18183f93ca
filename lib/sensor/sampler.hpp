// SPDX-License-Identifier: Apache-2.0
// Sampler: reads every sensor on its schedule, judges what comes back, and tells the observers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/defaults.hpp"
#include "base/observers.hpp"
#include "base/scheduler.hpp"
#include "sensor/reader.hpp"
#include "sensor/registry.hpp"

namespace pegasus::sensor {

enum class SensorState : std::uint8_t {
    Starting,  ///< nothing read yet
    Working,   ///< the last read answered
    Failing,   ///< the source cannot be opened, or the last read failed; tried again
    Blocked,   ///< a read has not come back within the time-out
};
/// "starting", "working", "failing", "blocked".
[[nodiscard]] std::string_view stateName(SensorState state);

struct SensorInfo {
    SensorConfig config;
    bool open = false;              ///< the source was opened: `channels` are all there are
    std::vector<Channel> channels;  ///< until then what the configuration tells of them, which may be nothing
    std::vector<Reading> last;  ///< one for each channel, empty before the first turn
    SensorState state = SensorState::Starting;
    Timestamp since;            ///< when it came into that state
    std::string lastError;      ///< empty when Working
    std::optional<Timestamp> maintenance;  ///< until then somebody works at it
    std::string notice;         ///< what its driver said when it opened the source; mostly empty
    std::map<std::string, std::string> provenance;  ///< what is known of the source itself, see Opened
    std::uint64_t samples = 0;   ///< turns that gave an answer
    std::uint64_t failures = 0;  ///< turns that gave none (time-outs too)
    std::uint64_t overruns = 0;  ///< turns skipped since the read before was not done
    std::uint64_t rejected = 0;  ///< readings marked Bad
};

inline constexpr std::size_t kMaxSensors = defaults::kMostSensors;

/// Loop thread only. The schedule follows the steady clock: turn k of a sensor is at start + k * interval; a turn that
/// comes late is taken at once and the ones missed meanwhile are skipped, never caught up, never overlapping.
///
/// Every turn gives exactly one reading for each channel, in channel order: a channel that had nothing is Missing, a value
/// that is not finite, out of range or in another unit is Bad. After the wall clock was set, or while it shows a year
/// before 2020, readings are Uncertain.
///
/// A driver with news of its own is read at once, between its turns, but not within kLeastSensorInterval of the last read.
///
/// A source that cannot be opened is tried again after one interval (kLongestRetry at most), and then after pauses that double up to
/// kLongestRetry; the turns between tell that it is missing. One that was open is read at each turn.
class Sampler {
public:
    Sampler(Scheduler& scheduler, const Clock& clock, ReaderFactory readers);
    ~Sampler();
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;

    /// Spawns the sampling task; once.
    void start();

    /// From the next turn of the loop on. AlreadyExists, LimitExceeded.
    [[nodiscard]] Result<void> add(SensorConfig config, std::unique_ptr<Driver> driver);
    /// NotFound. A read under way is forgotten.
    [[nodiscard]] Result<void> remove(const std::string& id);

    /// Somebody works at the sensor for so long (0: no more): its good readings are uncertain, "maintenance". Forgotten when the sensor
    /// is removed. NotFound, InvalidArgument: more than kLongestMaintenance.
    [[nodiscard]] Result<void> maintain(const std::string& id, Duration time);
    static constexpr Duration kLongestMaintenance = 24h;

    [[nodiscard]] std::vector<SensorInfo> list() const;
    [[nodiscard]] Result<SensorInfo> info(const std::string& id) const;
    /// The last readings, Missing ones included. NotFound.
    [[nodiscard]] Result<std::vector<Reading>> last(const std::string& id) const;

    /// Moves at least once in kHeartbeat while the loop and the schedule are alive; for the watchdog.
    [[nodiscard]] std::uint64_t heartbeat() const { return heartbeat_; }
    static constexpr Duration kHeartbeat = 1s;
    static constexpr Duration kLongestRetry = 30s;

    /// One turn of one sensor: its id and its readings. Also for turns that failed.
    Observers<std::string, std::vector<Reading>> sampled;
    /// A sensor was added (true) or removed (false).
    Observers<std::string, bool> changed;

private:
    struct Entry;

    Async<void> run();
    void turn();
    void begin(Entry& entry);
    void keepSchedule(Entry& entry);
    void read(Entry& entry);
    void hear(const std::string& id, std::uint64_t generation);
    void serveNews(Entry& entry);
    Async<void> newsLater(std::string id, std::uint64_t generation, Duration pause);
    void finish(const std::string& id, std::uint64_t generation, std::uint64_t read, ReadOutcome outcome);
    void expire(Entry& entry);
    void settle(Entry& entry, const ReadOutcome& outcome);
    void enter(Entry& entry, SensorState state);
    void report(Entry& entry, std::vector<Reading> readings);
    [[nodiscard]] std::string clockDoubt();

    Scheduler& scheduler_;
    const Clock& clock_;
    ReaderFactory readers_;
    std::map<std::string, std::shared_ptr<Entry>> entries_;  // shared: an observer may remove the sensor being reported
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::uint64_t generations_ = 0;
    std::uint64_t heartbeat_ = 0;
    bool started_ = false;
    Timestamp lastWall_;
    SteadyTime lastSteady_;
};

}  // namespace pegasus::sensor
