// SPDX-License-Identifier: Apache-2.0
// The schedule of all sensors in one task, and what becomes of late, failed and foreign answers.
#include "sensor/sampler.hpp"

#include <algorithm>
#include <utility>

#include "sensor/judge.hpp"

namespace pegasus::sensor {
namespace {

constexpr Duration kJump = 2s;  // more than slewing does between two turns
constexpr Timestamp kPlausible = fromMicros(1'577'836'800'000'000);  // 2020-01-01

}  // namespace

struct Sampler::Entry {
    SensorInfo info;
    std::unique_ptr<Reader> reader;
    std::uint64_t generation = 0;  // tells a sensor from a former one of the same id
    std::uint64_t read = 0;        // number of the last read begun
    bool waiting = false;          // that read has neither answered nor expired
    bool removed = false;
    bool news = false;             // the driver has something that should not wait for the next turn
    bool newsTimed = false;        // a sleeper will see to it
    SteadyTime due;
    SteadyTime began;              // that read
    SteadyTime expires;
    Duration pause{0};             // before the source is opened again
    SteadyTime reopen;             // not before
    std::string doubt;             // about the time, for the next answer
    SteadyTime maintained;         // until then somebody works at it

    [[nodiscard]] SteadyTime newsDue() const { return began + defaults::kLeastSensorInterval; }
    [[nodiscard]] bool absent() const { return !waiting && pause > Duration(0) && !reader->source().open; }
    [[nodiscard]] bool pausing(SteadyTime now) const { return !reader->source().open && now < reopen; }
};

std::string_view stateName(SensorState state) {
    switch (state) {
        case SensorState::Starting: return "starting";
        case SensorState::Working: return "working";
        case SensorState::Failing: return "failing";
        case SensorState::Blocked: return "blocked";
    }
    return {};
}

Sampler::Sampler(Scheduler& scheduler, const Clock& clock, ReaderFactory readers)
    : scheduler_(scheduler),
      clock_(clock),
      readers_(std::move(readers)),
      lastWall_(clock.now()),
      lastSteady_(clock.steady()) {}

Sampler::~Sampler() = default;

void Sampler::start() {
    if (started_) return;
    started_ = true;
    scheduler_.spawn("sampler", run());
}

Result<void> Sampler::add(SensorConfig config, std::unique_ptr<Driver> driver) {
    if (entries_.contains(config.id))
        return fail(ErrorCode::AlreadyExists, "there is a sensor '{}' already", config.id);
    if (entries_.size() >= kMaxSensors)
        return fail(ErrorCode::LimitExceeded, "there are {} sensors, more are not supported", entries_.size());
    auto entry = std::make_shared<Entry>();
    entry->info.config = std::move(config);
    entry->reader = readers_(std::move(driver));
    entry->info.channels = entry->reader->source().channels;
    entry->info.since = clock_.now();
    entry->generation = ++generations_;
    entry->due = clock_.steady();
    const std::string id = entry->info.config.id;
    entry->reader->listen([this, alive = std::weak_ptr(alive_), id, generation = entry->generation] {
        if (!alive.expired()) hear(id, generation);
    });
    entries_.emplace(id, std::move(entry));
    changed.notify(id, true);
    // The task may be asleep for a while yet: the first turn is taken now.
    scheduler_.post([this, alive = std::weak_ptr(alive_)] {
        if (!alive.expired() && started_ && !scheduler_.stopping()) turn();
    });
    return {};
}

Result<void> Sampler::remove(const std::string& id) {
    const auto it = entries_.find(id);
    if (it == entries_.end()) return fail(ErrorCode::NotFound, "there is no sensor '{}'", id);
    it->second->removed = true;
    entries_.erase(it);
    changed.notify(id, false);
    return {};
}

Result<void> Sampler::maintain(const std::string& id, Duration time) {
    const auto it = entries_.find(id);
    if (it == entries_.end()) return fail(ErrorCode::NotFound, "there is no sensor '{}'", id);
    if (time < Duration(0) || time > kLongestMaintenance)
        return fail(ErrorCode::InvalidArgument, "maintenance takes at most 24 hours: say it again when they are over");
    auto& entry = *it->second;
    entry.maintained = clock_.steady() + time;
    entry.info.maintenance = time == Duration(0) ? std::nullopt : std::optional(clock_.now() + time);
    return {};
}

std::vector<SensorInfo> Sampler::list() const {
    std::vector<SensorInfo> infos;
    for (const auto& [id, entry] : entries_) infos.push_back(entry->info);
    return infos;
}

Result<SensorInfo> Sampler::info(const std::string& id) const {
    const auto it = entries_.find(id);
    if (it == entries_.end()) return fail(ErrorCode::NotFound, "there is no sensor '{}'", id);
    return it->second->info;
}

Result<std::vector<Reading>> Sampler::last(const std::string& id) const {
    PEGASUS_TRY(auto found, info(id));
    return std::move(found.last);
}

Async<void> Sampler::run() {
    while (!scheduler_.stopping()) {
        turn();
        auto next = clock_.steady() + kHeartbeat;
        for (const auto& [id, entry] : entries_) {
            next = std::min(next, entry->due);
            if (entry->waiting) next = std::min(next, entry->expires);
            if (entry->absent()) next = std::min(next, entry->reopen);
        }
        const auto pause = std::chrono::ceil<Duration>(next - clock_.steady());
        if (!co_await scheduler_.sleep(std::max(pause, Duration(1)))) break;
    }
}

void Sampler::turn() {
    ++heartbeat_;
    if (const auto doubt = clockDoubt(); !doubt.empty())
        for (auto& [id, entry] : entries_) entry->doubt = doubt;
    std::vector<std::shared_ptr<Entry>> present;  // observers may add and remove sensors meanwhile
    for (const auto& [id, entry] : entries_) present.push_back(entry);
    for (const auto& entry : present) {
        if (!entry->removed && entry->waiting && entry->expires <= clock_.steady()) expire(*entry);
        if (!entry->removed && entry->due <= clock_.steady()) begin(*entry);
        const bool news = entry->news && !entry->waiting && entry->newsDue() <= clock_.steady();
        const bool again = entry->absent() && entry->reopen <= clock_.steady();
        if (!entry->removed && (news || again) && !entry->reader->busy()) read(*entry);
    }
}

void Sampler::hear(const std::string& id, std::uint64_t generation) {
    const auto it = entries_.find(id);
    if (it == entries_.end() || it->second->generation != generation) return;
    it->second->news = true;
    serveNews(*it->second);
}

/// The schedule is asleep, and knows nothing of the news: they have a sleeper of their own.
void Sampler::serveNews(Entry& entry) {
    if (!entry.news || entry.waiting || !started_ || scheduler_.stopping()) return;
    const auto pause = std::chrono::ceil<Duration>(entry.newsDue() - clock_.steady());
    if (pause <= Duration(0)) return turn();
    if (!std::exchange(entry.newsTimed, true)) scheduler_.spawn("sensor news", newsLater(entry.info.config.id, entry.generation, pause));
}

Async<void> Sampler::newsLater(std::string id, std::uint64_t generation, Duration pause) {
    const auto slept = co_await scheduler_.sleep(pause);
    const auto it = entries_.find(id);
    if (!slept || it == entries_.end() || it->second->generation != generation) co_return;
    it->second->newsTimed = false;
    turn();
}

std::string Sampler::clockDoubt() {
    const auto wall = clock_.now();
    const auto steady = clock_.steady();
    const auto jump =
        (wall - lastWall_) - std::chrono::duration_cast<Duration>(steady - std::exchange(lastSteady_, steady));
    lastWall_ = wall;
    if (std::chrono::abs(jump) > kJump)
        return fmt::format("clock in doubt: it was set by {:+d} s", std::chrono::floor<std::chrono::seconds>(jump).count());
    return {};
}

void Sampler::keepSchedule(Entry& entry) {
    const auto now = clock_.steady();
    const Duration interval = entry.info.config.interval;
    entry.due += interval;
    if (entry.due > now) return;
    const auto missed = (now - entry.due) / interval + 1;  // go on with the next turn of the same grid
    entry.info.overruns += static_cast<std::uint64_t>(missed);
    entry.due += interval * missed;
}

void Sampler::begin(Entry& entry) {
    keepSchedule(entry);
    if (entry.reader->busy()) {
        ++entry.info.overruns;
        if (!entry.waiting) report(entry, missing(entry.info.channels, clock_.now(), entry.info.lastError));
        return;
    }
    if (entry.pausing(clock_.steady())) return report(entry, missing(entry.info.channels, clock_.now(), entry.info.lastError));
    read(entry);
}

void Sampler::read(Entry& entry) {
    entry.news = false;
    entry.waiting = true;
    entry.began = clock_.steady();
    entry.expires = entry.began + entry.info.config.timeout;
    const auto read = ++entry.read;
    entry.reader->start([this, alive = std::weak_ptr(alive_), id = entry.info.config.id,
                         generation = entry.generation, read](ReadOutcome outcome) {
        if (!alive.expired()) finish(id, generation, read, std::move(outcome));
    });
}

void Sampler::finish(const std::string& id, std::uint64_t generation, std::uint64_t read, ReadOutcome outcome) {
    const auto it = entries_.find(id);
    if (it == entries_.end() || it->second->generation != generation) return;
    const auto entry = it->second;
    if (!entry->waiting || entry->read != read) return;  // it had expired
    entry->waiting = false;
    settle(*entry, outcome);
    auto doubt = std::exchange(entry->doubt, {});
    if (clock_.steady() < entry->maintained) {
        doubt = "maintenance";
    } else {
        entry->info.maintenance.reset();
    }
    if (clock_.now() < kPlausible) doubt = "clock in doubt: it is not set";
    report(*entry, judge(entry->info.channels, outcome, clock_.now(), doubt));
    serveNews(*entry);
}

/// What an answer says of the sensor itself.
void Sampler::settle(Entry& entry, const ReadOutcome& outcome) {
    const auto& source = entry.reader->source();
    auto& info = entry.info;
    info.open = source.open;
    info.channels = source.channels;
    info.notice = source.notice;
    info.provenance = source.provenance;
    enter(entry, outcome ? SensorState::Working : SensorState::Failing);
    info.lastError = outcome ? std::string() : outcome.error().message;
    ++(outcome ? info.samples : info.failures);
    if (source.open) return;
    entry.pause = std::min(entry.pause == Duration(0) ? info.config.interval : 2 * entry.pause, kLongestRetry);
    entry.reopen = entry.began + entry.pause;
}

void Sampler::enter(Entry& entry, SensorState state) {
    if (std::exchange(entry.info.state, state) != state) entry.info.since = clock_.now();
}

void Sampler::expire(Entry& entry) {
    entry.waiting = false;
    enter(entry, SensorState::Blocked);
    entry.info.lastError =
        fmt::format("no answer within {} ms",
                    std::chrono::floor<std::chrono::milliseconds>(entry.info.config.timeout).count());
    ++entry.info.failures;
    report(entry, missing(entry.info.channels, clock_.now(), entry.info.lastError));
}

void Sampler::report(Entry& entry, std::vector<Reading> readings) {
    entry.info.rejected +=
        static_cast<std::uint64_t>(std::ranges::count(readings, Quality::Bad, &Reading::quality));
    entry.info.last = std::move(readings);
    const auto told = entry.info.last;  // an observer may cause the next turn
    const auto id = entry.info.config.id;
    sampled.notify(id, told);
}

}  // namespace pegasus::sensor
