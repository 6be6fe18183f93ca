// SPDX-License-Identifier: Apache-2.0
// Units of hwmon and IIO channels. Sources: Documentation/hwmon/sysfs-interface.rst, Documentation/ABI/testing/sysfs-bus-iio.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sensor/driver.hpp"

namespace pegasus::drivers::sysfs {

/// How a kernel channel becomes a reading: value * factor is in channel.unit.
struct Conversion {
    sensor::Channel channel;
    double factor = 1;
};

/// "temp1", "in0", "curr1", "power1", "energy1", "humidity1", "fan1". InvalidArgument lists the kinds known.
[[nodiscard]] Result<Conversion> hwmonConversion(std::string_view channel);
/// "temp", "humidityrelative", "pressure", "illuminance", "concentration_co2", "massconcentration_pm2p5", "resistance", "voltage0",
/// "current0", "distance", "proximity", each with an index or a modifier where the kernel has one. The factor is applied after offset and scale.
[[nodiscard]] Result<Conversion> iioConversion(std::string_view channel);
/// The part that names the kind: "voltage" of "voltage0", "concentration" of "concentration_co2"; shared attributes bear it.
[[nodiscard]] std::string_view channelKind(std::string_view channel);

}  // namespace pegasus::drivers::sysfs
