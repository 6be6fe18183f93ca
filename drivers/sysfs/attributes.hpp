// SPDX-License-Identifier: Apache-2.0
// The value of one channel from the files of its device.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "sensor/decimal.hpp"

namespace pegasus::drivers::sysfs {

/// channel_input, channel_average or channel itself; an error while channel_fault says so.
[[nodiscard]] Result<sensor::Measured> readHwmon(const std::filesystem::path& device, const std::string& channel);
/// in_channel_input, else (raw + offset) * scale, whose files may be shared by all channels of the kind or of the device.
[[nodiscard]] Result<sensor::Measured> readIio(const std::filesystem::path& device, const std::string& channel);
/// Of a thermometer on 1-Wire, in thousandths of a degree: `temperature`, or w1_slave on older kernels.
[[nodiscard]] Result<sensor::Measured> readThermometer(const std::filesystem::path& device);
/// A file with one number, or the w1_slave of a thermometer.
[[nodiscard]] Result<sensor::Measured> readPlain(const std::filesystem::path& file);

}  // namespace pegasus::drivers::sysfs
