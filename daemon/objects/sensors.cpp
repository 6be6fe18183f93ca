// SPDX-License-Identifier: Apache-2.0
// Sensor objects.
#include <algorithm>
#include <set>

#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "bus/text.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/parts.hpp"
#include "bus/json.hpp"
#include "daemon/objects/rows.hpp"
#include "daemon/objects/watchers.hpp"
#include "sensor/sampler.hpp"
#include "sensor_adaptor.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;

class SensorObject final : public Exported<io::github::pegasusd::Pegasus1::Sensor_adaptor> {
public:
    SensorObject(Desk& desk, sensor::Sampler& sampler, Watchers& watchers, std::string id)
        : Exported(desk, bus::objectPath(bus::kSensorFolder, id)), sampler_(sampler), watchers_(watchers), id_(std::move(id)),
          sampled_(desk.scheduler(), [this] { emit([this] { emitSampled(newest()); }); }) {
        registerAdaptor();
    }
    ~SensorObject() { unregisterAdaptor(); }

    /// After a turn of the sensor.
    void turned() {
        tell();
        sampled_.touch();
    }

private:
    void Describe(sdbus::Result<Variants>&& reply) override {
        serve("Describe", std::move(reply), [&sampler = sampler_, id = id_]() -> Task<bus::Dict> {
            PEGASUS_CO_TRY(const auto info, sampler.info(id));
            co_return rowOf(info);
        });
    }
    void Read(sdbus::Result<std::vector<Variants>>&& reply, Variants options) override {
        serve("Read", std::move(reply),
              [&sampler = sampler_, id = id_, options = std::move(options)]() -> Task<bus::Dicts> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  PEGASUS_CO_CHECK(bus::Options(std::move(dict)).done());
                  PEGASUS_CO_TRY(const auto info, sampler.info(id));
                  if (info.last.empty() && !info.lastError.empty())
                      co_return fail(ErrorCode::InvalidState, "sensor '{}' has given nothing yet: {}", id, info.lastError);
                  bus::Dicts rows;
                  for (const auto& reading : info.last) rows.push_back(rowOf(reading));
                  co_return rows;
              });
    }

    void Maintain(sdbus::Result<>&& reply, std::uint64_t time) override {
        serve("Maintain", std::move(reply), [&sampler = sampler_, id = id_, time]() -> Task<void> {
            const auto most = static_cast<std::uint64_t>(sensor::Sampler::kLongestMaintenance.count());
            co_return sampler.maintain(id, Duration(static_cast<std::int64_t>(std::min(time, most + 1))));
        });
    }
    void Watch(sdbus::Result<sdbus::UnixFd>&& reply, Variants options) override {
        serve("Watch", std::move(reply),
              [&sampler = sampler_, &watchers = watchers_, id = id_, options = std::move(options)]() -> Task<sdbus::UnixFd> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  PEGASUS_CO_CHECK(bus::Options(std::move(dict)).done());
                  PEGASUS_CO_CHECK(sampler.info(id));
                  PEGASUS_CO_TRY(const auto end, watchers.add(id));
                  co_return sdbus::UnixFd(end.get());  // a copy of its own
              });
    }

    std::string Id() override { return id_; }
    std::string Type() override { return info().config.type; }
    std::string Name() override { return bus::validUtf8(info().config.name); }
    std::uint64_t Interval() override { return static_cast<std::uint64_t>(info().config.interval.count()); }
    std::string State() override { return std::string(sensor::stateName(info().state)); }
    std::string LastError() override { return bus::validUtf8(info().lastError); }

    bus::Dict changing() override {
        return {{"Type", Type()}, {"Name", Name()}, {"Interval", Interval()}, {"State", State()}, {"LastError", LastError()}};
    }

    [[nodiscard]] std::uint64_t newest() const {
        Timestamp time{};
        for (const auto& reading : info().last) time = std::max(time, reading.time);
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, toMicros(time)));
    }
    [[nodiscard]] sensor::SensorInfo info() const { return sampler_.info(id_).value_or(sensor::SensorInfo()); }

    sensor::Sampler& sampler_;
    Watchers& watchers_;
    std::string id_;
    Pacer sampled_;
};

class Sensors final : public Part {
public:
    Sensors(Desk& desk, sensor::Sampler& sampler) : desk_(desk), sampler_(sampler) {
        sync();
        changed_ = sampler_.changed.add([this](const std::string&, bool) {
            // Posted: objects may not go inside a handler of theirs.
            desk_.scheduler().post([this, alive = std::weak_ptr(alive_)] {
                if (!alive.expired()) sync();
            });
        });
        sampled_ = sampler_.sampled.add([this](const std::string& id, const std::vector<sensor::Reading>& readings) {
            if (auto* object = folder_.find(id)) object->turned();
            tellWatchers(id, readings);
        });
    }

private:
    void tellWatchers(const std::string& id, const std::vector<sensor::Reading>& readings) {
        if (watchers_.count() == 0) return;
        bus::Dicts rows;
        for (const auto& reading : readings) rows.push_back(rowOf(reading));
        const auto datagram = bus::toJson(bus::Value(bus::Dict{{"sensor", id}, {"readings", std::move(rows)}}));
        watchers_.send(id, datagram, bus::toJson(bus::Value(bus::Dict{{"sensor", id}, {"truncated", true}})));
    }
    void sync() {
        std::set<std::string> ids;
        for (const auto& info : sampler_.list()) ids.insert(info.config.id);
        folder_.sync(ids, [this](const std::string& id) { return std::make_unique<SensorObject>(desk_, sampler_, watchers_, id); });
        folder_.each([](SensorObject& object) { object.tell(); });  // a reload may have put another one in its place
    }

    Desk& desk_;
    sensor::Sampler& sampler_;
    Watchers watchers_;
    Folder<SensorObject> folder_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // posted work asks it
    Subscription changed_;
    Subscription sampled_;
};

}  // namespace

std::unique_ptr<Part> makeSensors(Desk& desk, const ApiServices& services) {
    return std::make_unique<Sensors>(desk, services.sampler);
}

}  // namespace pegasus::daemon
