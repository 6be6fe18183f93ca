// SPDX-License-Identifier: Apache-2.0
// Parameters: what a driver's factory sees of the configuration: typed values, and a place to note what is wrong between them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/defaults.hpp"
#include "base/given.hpp"
#include "sensor/decimal.hpp"
#include "sensor/driver_type.hpp"

namespace pegasus::sensor {

/// One sensor as configured. Checked by Registry::create.
struct SensorConfig {
    std::string id;    ///< 1..64 of a-z 0-9 _ -, starting with a letter or digit
    std::string type;  ///< name of the driver, such as "sysfs"
    std::string name;  ///< for people, at most 128 bytes; empty: the id
    Duration interval = defaults::kSensorInterval;  ///< 100 ms .. 1 day
    Duration timeout = 5s;    ///< how long one read may take, 10 ms .. 10 min
    std::map<std::string, Given> parameters;  ///< of the driver, and of its channels: "channels.temperature.offset"

    bool operator==(const SensorConfig&) const = default;
};

/// One thing that is wrong in the configuration of a sensor.
struct Problem {
    std::string parameter;  ///< whose name or value it is: a parameter, or "type", "name", "interval", "timeout"; empty: the sensor's
    std::string text;       ///< what was got and what is expected, without the sensor's id

    bool operator==(const Problem&) const = default;
};

/// Something that one sensor only can use: an address on a bus, a GPIO line, a serial port.
struct Claim {
    std::string parameter;  ///< that names it
    std::string resource;   ///< "address 0x76 on i2c-1", the same for whoever means the same

    bool operator==(const Claim&) const = default;
};

/// The getters take options that the type declares, whose values were checked: a wrong or absent one gives the default of the
/// option, or none. Asking for another is a fault of the program, and noted as one.
class Parameters {
public:
    Parameters(const SensorConfig& config, const DriverType& type) : config_(&config), type_(&type) {}
    [[nodiscard]] const SensorConfig& config() const { return *config_; }
    [[nodiscard]] const DriverType& type() const { return *type_; }

    /// Given, be it well or ill.
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> text(std::string_view name);
    /// Of a kind that is read as text, with a default or needed: never asked twice.
    [[nodiscard]] std::string textOr(std::string_view name, std::string_view fallback = {});
    [[nodiscard]] std::optional<Decimal> decimal(std::string_view name);
    [[nodiscard]] std::optional<double> number(std::string_view name);
    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view name);
    [[nodiscard]] std::optional<Duration> time(std::string_view name);
    [[nodiscard]] bool flag(std::string_view name);
    [[nodiscard]] std::vector<std::string> list(std::string_view name);
    /// Which of the choices of the option it is, from 0; 0 where there is neither value nor default.
    [[nodiscard]] std::size_t choice(std::string_view name);

    /// The quantities that `channels:` names, in alphabetical order.
    [[nodiscard]] std::vector<std::string> described() const;
    /// An option of such a channel, of the type's channelOptions.
    [[nodiscard]] std::optional<std::string> ofChannel(std::string_view quantity, std::string_view option);

    /// Options that every sensor has (registry.hpp); `key` is the parameter, `option` its name there.
    [[nodiscard]] std::optional<std::string> common(const std::string& key, std::string_view option);
    [[nodiscard]] std::vector<std::string> commonList(std::string_view option);

    /// Notes a fault of the parameter `name` (empty: of the sensor as a whole).
    void wrong(std::string_view name, std::string text);
    [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }
    void claim(std::string_view parameter, std::string resource);
    [[nodiscard]] const std::vector<Claim>& claims() const { return claims_; }

private:
    [[nodiscard]] std::optional<Given> value(std::span<const Option> options, std::string_view name, const std::string& key);
    [[nodiscard]] std::optional<Given> value(std::string_view name);

    const SensorConfig* config_;
    const DriverType* type_;
    std::vector<Problem> problems_;
    std::vector<Claim> claims_;
};

/// What every sensor of the program may have beside the options of its type: interval, enabled, and how its values are
/// corrected and judged (`channels: {Q: {...}}`).
[[nodiscard]] std::span<const Option> commonOptions();
[[nodiscard]] std::span<const Option> commonChannelOptions();

/// "channels.temperature.offset" as its quantity and its option; none for another key, or a quantity without an option.
struct ChannelKey {
    std::string quantity;
    std::string option;
};
[[nodiscard]] std::optional<ChannelKey> channelKey(std::string_view key);
[[nodiscard]] std::string channelKey(std::string_view quantity, std::string_view option);

}  // namespace pegasus::sensor
