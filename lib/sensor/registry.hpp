// SPDX-License-Identifier: Apache-2.0
// Registry: makes a driver from its configuration; and the typed access to parameters that driver factories use.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/driver.hpp"

namespace pegasus::sensor {

/// One sensor as configured. Bounds are checked by Registry::create.
struct SensorConfig {
    std::string id;    ///< 1..64 of a-z 0-9 _ -, starting with a letter or digit
    std::string type;  ///< name of the driver, such as "sysfs"
    std::string name;  ///< for people, at most 128 bytes; empty: the id
    Duration interval = 20s;  ///< 50 ms .. 1 day
    Duration timeout = 5s;    ///< how long one read may take, 10 ms .. 10 min
    std::map<std::string, std::string> parameters;  ///< of the driver

    bool operator==(const SensorConfig&) const = default;
};

/// Reads parameters with clear errors ("sensor 'a': parameter 'scale' is 'x', expected a number").
class Parameters {
public:
    explicit Parameters(const SensorConfig& config) : config_(&config) {}
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name, std::string_view fallback) const;
    [[nodiscard]] Result<std::string> required(std::string_view name) const;
    /// A finite decimal number.
    [[nodiscard]] Result<double> number(std::string_view name, double fallback) const;
    [[nodiscard]] Result<std::optional<double>> number(std::string_view name) const;
    [[nodiscard]] Result<bool> flag(std::string_view name, bool fallback) const;
    /// Comma-separated, trimmed, no empty items, at most kMaxChannels; empty when absent.
    [[nodiscard]] Result<std::vector<std::string>> list(std::string_view name) const;
    /// An error of code Config that names the sensor.
    [[nodiscard]] Error error(std::string text) const;

private:
    const SensorConfig* config_;
};

using DriverFactory = std::function<Result<std::unique_ptr<Driver>>(const SensorConfig&)>;

/// Driver types by name. Loop thread.
class Registry {
public:
    /// `parameters`: all that the type knows; others are refused before the factory runs.
    void add(std::string type, std::vector<std::string> parameters, DriverFactory factory);
    /// Checks id, name, interval, type and parameter names. Errors have code Config and suggest the nearest known name.
    [[nodiscard]] Result<std::unique_ptr<Driver>> create(const SensorConfig& config) const;
    [[nodiscard]] std::vector<std::string> types() const;

private:
    struct Type {
        std::vector<std::string> parameters;
        DriverFactory factory;
    };
    std::map<std::string, Type, std::less<>> types_;
};

/// True for 1..64 characters a-z 0-9 _ -, the first not _ or -: ids of sensors and streams.
[[nodiscard]] bool isIdentifier(std::string_view id);
/// The nearest of `known` if it is near enough to be meant, as "; did you mean 'x'?", else empty.
[[nodiscard]] std::string suggestion(std::string_view got, std::span<const std::string> known);

}  // namespace pegasus::sensor
