// SPDX-License-Identifier: Apache-2.0
// Units of hwmon and IIO channels. Sources: Documentation/hwmon/sysfs-interface.rst, Documentation/ABI/testing/sysfs-bus-iio.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sensor/decimal.hpp"
#include "sensor/driver.hpp"

namespace pegasus::drivers::sysfs {

/// How a kernel channel becomes a reading: value * factor is in channel.unit.
struct Conversion {
    sensor::Channel channel;
    sensor::Decimal factor{1, 0};
    std::string kernelUnit;  ///< UCUM; of the value itself
};

/// "temp1", "in0", "curr1", "power1", "energy1", "humidity1", "fan1". InvalidArgument lists the kinds known.
[[nodiscard]] Result<Conversion> hwmonConversion(std::string_view channel);
/// "temp", "humidityrelative", "pressure", "illuminance", "concentration_co2", "massconcentration_pm2p5", "resistance", "voltage0",
/// "voltage0-voltage1", "current0", "distance", "proximity", each with an index or a modifier where the kernel has one. The
/// factor is applied after offset and scale.
[[nodiscard]] Result<Conversion> iioConversion(std::string_view channel);

/// The conversion for another unit: values in the kernel's own unit are left as they are; for any other the factor stays, the
/// user's offset and scale do the rest, and the range is the user's too.
[[nodiscard]] Conversion inUnit(Conversion conversion, const std::string& unit);

/// Whether a channel of any kind may be called so: a part of a file name.
[[nodiscard]] bool isChannelName(std::string_view channel);
/// The part that names the kind: "voltage" of "voltage0", "concentration" of "concentration_co2".
[[nodiscard]] std::string_view channelKind(std::string_view channel);
/// Names under which an attribute of the channel may stand, the channel's own first, then those shared by its kind:
/// "voltage0-voltage1", "voltage-voltage"; "concentration_co2", "concentration".
[[nodiscard]] std::vector<std::string> attributeNames(std::string_view channel);

}  // namespace pegasus::drivers::sysfs
