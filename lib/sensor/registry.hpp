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

#include "base/defaults.hpp"
#include "sensor/decimal.hpp"
#include "sensor/driver.hpp"

namespace pegasus::sensor {

/// One sensor as configured. Bounds are checked by Registry::create.
struct SensorConfig {
    std::string id;    ///< 1..64 of a-z 0-9 _ -, starting with a letter or digit
    std::string type;  ///< name of the driver, such as "sysfs"
    std::string name;  ///< for people, at most 128 bytes; empty: the id
    Duration interval = defaults::kSensorInterval;  ///< 100 ms .. 1 day
    Duration timeout = 5s;    ///< how long one read may take, 10 ms .. 10 min
    std::map<std::string, std::string> parameters;  ///< of the driver

    bool operator==(const SensorConfig&) const = default;
};

/// One thing that is wrong in the configuration of a sensor.
struct Problem {
    std::string parameter;  ///< whose name or value it is: a parameter, or "type", "name", "interval", "timeout"; empty: the sensor's
    std::string text;       ///< what was got and what is expected, without the sensor's id

    bool operator==(const Problem&) const = default;
};

/// Reads parameters, and collects what is wrong with them ("parameter 'scale' is 'x', expected a number"): a getter that
/// finds a fault notes it and gives its fallback, so that all faults are found at once.
class Parameters {
public:
    explicit Parameters(const SensorConfig& config) : config_(&config) {}
    [[nodiscard]] const SensorConfig& config() const { return *config_; }
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name, std::string_view fallback) const;
    /// Empty after a fault.
    [[nodiscard]] std::string required(std::string_view name);
    /// A finite decimal number.
    [[nodiscard]] std::optional<double> number(std::string_view name);
    [[nodiscard]] std::optional<Decimal> decimal(std::string_view name);
    /// true or false, and the other words by which YAML 1.1 says so (yes, no, on, off, y, n).
    [[nodiscard]] bool flag(std::string_view name, bool fallback);
    /// Comma-separated, trimmed, no empty items, at most kMaxChannels; empty when absent.
    [[nodiscard]] std::vector<std::string> list(std::string_view name);
    /// A name or unit for a channel, checked as channel_text.hpp says; none when absent.
    [[nodiscard]] std::optional<std::string> quantity(std::string_view name);
    [[nodiscard]] std::optional<std::string> unit(std::string_view name);

    /// Notes a fault of the parameter `name` (empty: of the sensor as a whole).
    void wrong(std::string_view name, std::string text);
    [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }

private:
    const SensorConfig* config_;
    std::vector<Problem> problems_;
};

/// Makes a driver from its parameters without touching the source, which may be absent. What it makes after noting a fault
/// is dropped, and may be null.
using DriverFactory = std::function<std::unique_ptr<Driver>(Parameters&)>;

/// Driver types by name. Loop thread.
class Registry {
public:
    /// `parameters`: all that the type knows; others are refused before the factory runs.
    void add(std::string type, std::vector<std::string> parameters, DriverFactory factory);
    /// All that is wrong with id, name, interval, type, and names and values of parameters, whether the sensor is enabled or
    /// not; the nearest known name is suggested. Nothing is opened: a source that is absent is no fault of the configuration.
    [[nodiscard]] std::vector<Problem> check(const SensorConfig& config) const;
    /// The same, as an error of code Config with one line ("sensor 'a': ...") for each problem, if there is any.
    [[nodiscard]] Result<std::unique_ptr<Driver>> create(const SensorConfig& config) const;
    [[nodiscard]] std::vector<std::string> types() const;

private:
    struct Type {
        std::vector<std::string> parameters;
        DriverFactory factory;
    };
    std::unique_ptr<Driver> make(Parameters& parameters) const;

    std::map<std::string, Type, std::less<>> types_;
};

/// True for 1..64 characters a-z 0-9 _ -, the first not _ or -: ids of sensors and streams.
[[nodiscard]] bool isIdentifier(std::string_view id);
/// The nearest of `known` if it is near enough to be meant, as "; did you mean 'x'?", else empty.
[[nodiscard]] std::string suggestion(std::string_view got, std::span<const std::string> known);
/// "a, b, c".
[[nodiscard]] std::string listed(std::span<const std::string> names);

}  // namespace pegasus::sensor
