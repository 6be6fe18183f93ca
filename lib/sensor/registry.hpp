// SPDX-License-Identifier: Apache-2.0
// Registry: the driver types, and how a sensor's configuration becomes a driver.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/parameters.hpp"

namespace pegasus::sensor {

/// Driver types by name. Loop thread.
class Registry {
public:
    /// `clock`, which must outlive the drivers, is what jumps and values that stand still are judged by.
    explicit Registry(const Clock& clock) : clock_(&clock) {}
    void add(DriverType type);

    /// What is wrong with a configuration, and what its sensor wants for itself.
    struct Checked {
        std::vector<Problem> problems;
        std::vector<Claim> claims;
    };
    /// All that is wrong with id, name, interval, type, and names and values of parameters, whether the sensor is enabled or
    /// not; the nearest known name is suggested. Nothing is opened: a source that is absent is no fault of the configuration.
    [[nodiscard]] Checked check(const SensorConfig& config) const;
    /// The driver, or an error of code Config with one line ("sensor 'a': ...") for each problem, if there is any.
    [[nodiscard]] Result<std::unique_ptr<Driver>> create(const SensorConfig& config) const;

    [[nodiscard]] std::vector<std::string> names() const;
    /// In the order of their names; nullptr: there is none.
    [[nodiscard]] std::vector<const DriverType*> types() const;
    [[nodiscard]] const DriverType* find(std::string_view name) const;

private:
    struct Made;
    [[nodiscard]] Made make(const SensorConfig& config) const;

    const Clock* clock_;
    std::map<std::string, DriverType, std::less<>> types_;
};

/// True for 1..64 characters a-z 0-9 _ -, the first not _ or -: ids of sensors and streams.
[[nodiscard]] bool isIdentifier(std::string_view id);
/// The nearest of `known` if it is near enough to be meant, as "; did you mean 'x'?", else empty.
[[nodiscard]] std::string suggestion(std::string_view got, std::span<const std::string> known);
/// "a, b, c".
[[nodiscard]] std::string listed(std::span<const std::string> names);

}  // namespace pegasus::sensor
