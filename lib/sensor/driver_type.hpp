// SPDX-License-Identifier: Apache-2.0
// DriverType: the declaration of a driver, from which everything that is said of it comes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/driver.hpp"
#include "sensor/option.hpp"

namespace pegasus::sensor {

class Parameters;

/// A channel that every sensor of the type has, unless an option leaves it out.
struct ChannelRow {
    std::string_view quantity;
    std::string_view unit;               ///< UCUM
    std::optional<double> least = {};    ///< what the source can give at all; a value outside is bad
    std::optional<double> most = {};
    std::string_view help = {};          ///< what it is, where the name does not tell
};

/// Makes a driver from its parameters, which have been checked against the options, without touching the source, which may
/// be absent. It notes what is wrong between them; what it makes after that is dropped, and may be null.
using DriverFactory = std::function<std::unique_ptr<Driver>(Parameters&)>;

/// A source that a scan found, as a sensor of its type could be configured.
struct Discovery {
    std::string summary;                      ///< "BME280 at 0x76 on i2c-1, serial 1234"
    std::map<std::string, Given> parameters;  ///< only those that are needed to mean this one
    bool held = false;                        ///< by a kernel driver, which it is read through
};

/// The spans must live as long as the program: tables of constants.
struct DriverType {
    std::string_view name;     ///< "bme280": as in `type:`
    std::string_view summary;  ///< one line, without a full stop: what is read, and from where
    OptionTable options = {};
    /// Of each channel that the configuration describes (`channels: {temperature: {from: /t}}`), beyond those that all have
    /// (channel_settings.hpp). Where there are any, the channels of a sensor are those that its configuration names.
    OptionTable channelOptions = {};
    std::span<const ChannelRow> channels = {};  ///< empty: the configuration or the source tells
    DriverFactory make = {};
    bool nature = false;  ///< it reads the world: values that jump or stand still are in doubt by the usual thresholds (refine.hpp)
    /// Looks for sources that are connected, by harmless reads alone; on a thread that may block. None: they cannot be found.
    std::function<std::vector<Discovery>(std::stop_token)> scan = {};
};

[[nodiscard]] std::vector<Channel> channelsOf(std::span<const ChannelRow> rows);
/// Those with the given names, in the order of the rows; all for no name.
[[nodiscard]] std::vector<Channel> channelsOf(std::span<const ChannelRow> rows, std::span<const std::string> names);

}  // namespace pegasus::sensor
