// SPDX-License-Identifier: Apache-2.0
// A registry with all drivers, and a folder that stands for the root of a machine.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "drivers/all.hpp"
#include "sensor/reader.hpp"
#include "support/test_loop.hpp"

namespace pegasus::drivers {

/// A driver that is opened at its first read, as a sensor does it.
struct Probe {
    std::unique_ptr<sensor::Driver> driver;
    sensor::Source source;

    sensor::ReadOutcome read() { return sensor::openAndRead(*driver, source, {}); }
    std::string problem() {
        const auto outcome = read();
        return outcome ? "no error" : outcome.error().message;
    }
};

class DriverFixture : public testing::Test {
protected:
    DriverFixture() { registerAll(registry, thisMachine(clock, dir.path())); }

    void put(const std::string& path, const std::string& text) {
        const auto file = dir.path() / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
    }
    static sensor::SensorConfig configOf(const std::string& type, std::map<std::string, Given> parameters) {
        sensor::SensorConfig config;
        config.id = "s";
        config.type = type;
        config.parameters = std::move(parameters);
        return config;
    }
    Result<std::unique_ptr<sensor::Driver>> make(const std::string& type,
                                                 std::map<std::string, Given> parameters) {
        return registry.create(configOf(type, std::move(parameters)));
    }
    Probe probe(const std::string& type, std::map<std::string, Given> parameters) {
        return {make(type, std::move(parameters)).value(), {}};
    }
    std::string errorOf(const std::string& type, std::map<std::string, Given> parameters) {
        const auto made = make(type, std::move(parameters));
        return made ? "no error" : made.error().message;
    }
    [[nodiscard]] std::string root() const { return dir.path().string(); }

    test::TempDir dir;
    test::ManualClock clock;
    sensor::Registry registry{clock};
};

}  // namespace pegasus::drivers
