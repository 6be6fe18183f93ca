// SPDX-License-Identifier: Apache-2.0
// A sensor of a chip on a modelled bus, made as a configuration makes it.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "drivers/all.hpp"
#include "sensor/judge.hpp"
#include "sensor/reader.hpp"
#include "support/modelled_bus.hpp"
#include "support/modelled_gpio.hpp"

namespace pegasus::test {

class ChipFixture : public testing::Test {
protected:
    ChipFixture() : buses(std::make_shared<ModelledBuses>(clock)), pause(clock), bus(buses->add("i2c-1")) { restart(); }

    /// The program anew, with what it has on the disk.
    void restart() {
        registry = sensor::Registry(clock);
        totals.reset();
        totals = std::make_shared<drivers::linux_::Totals>(dir.path() / "totals");
        drivers::registerAll(registry, drivers::Hardware{clock, buses, pause, gpio, totals});
        // Models jump as they like: what the driver gives is looked at, without the thresholds of nature.
        for (const auto& name : registry.names()) {
            auto type = *registry.find(name);
            type.nature = false;
            registry.add(std::move(type));
        }
    }

    /// A sensor that reads one turn at a time, judged as the sampler does.
    class Probe {
    public:
        Probe(ManualClock& clock, std::unique_ptr<sensor::Driver> driver)
            : clock_(clock), driver_(std::move(driver)), source_{false, driver_->channels(), {}, {}} {}
        std::vector<sensor::Reading> turn() {
            const auto outcome = sensor::openAndRead(*driver_, source_, {});
            problem = outcome ? "" : outcome.error().message;
            return sensor::judge(source_.channels, outcome, clock_.now(), "");
        }
        /// The reading of one quantity at a new turn.
        sensor::Reading read(std::string_view quantity) {
            for (auto& reading : turn())
                if (reading.quantity == quantity) return reading;
            ADD_FAILURE() << "there is no " << quantity;
            return {};
        }
        double value(std::string_view quantity) {
            const auto reading = read(quantity);
            EXPECT_EQ(reading.quality, sensor::Quality::Good) << reading.reason;
            return reading.value.value_or(-1e9);
        }
        /// Lets it attend to its source once, as its thread does when the descriptor is ready or the time is over. True: news.
        bool attend() { return driver_->attend(); }
        [[nodiscard]] sensor::Attention attention() const { return driver_->attention(); }
        [[nodiscard]] const std::string& notice() const { return source_.notice; }
        [[nodiscard]] const std::map<std::string, std::string>& provenance() const { return source_.provenance; }
        std::string problem;  ///< of the last turn; empty: it answered

    private:
        ManualClock& clock_;
        std::unique_ptr<sensor::Driver> driver_;
        sensor::Source source_;
    };

    static sensor::SensorConfig configOf(const std::string& type, std::map<std::string, Given> parameters) {
        sensor::SensorConfig config;
        config.id = "s";
        config.type = type;
        config.parameters = std::move(parameters);
        return config;
    }
    Probe probe(const std::string& type, std::map<std::string, Given> parameters = {}) {
        auto made = registry.create(configOf(type, std::move(parameters)));
        if (!made) throw std::runtime_error(made.error().message);
        return {clock, *std::move(made)};
    }
    std::string refusal(const std::string& type, std::map<std::string, Given> parameters) {
        const auto made = registry.create(configOf(type, std::move(parameters)));
        return made ? "no error" : made.error().message;
    }
    /// A file below the folder that stands for /.
    void put(const std::string& path, const std::string& text);

    TempDir dir;
    ManualClock clock;
    std::shared_ptr<ModelledGpio> gpio = std::make_shared<ModelledGpio>(clock);
    std::shared_ptr<drivers::linux_::Totals> totals;
    std::shared_ptr<ModelledBuses> buses;
    ModelledPause pause;
    std::shared_ptr<ModelledBus> bus;
    sensor::Registry registry{clock};
};

inline void ChipFixture::put(const std::string& path, const std::string& text) {
    const auto file = dir.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

}  // namespace pegasus::test
