// SPDX-License-Identifier: Apache-2.0
// DS18B20 and its relatives on 1-Wire, as the kernel's w1_therm shows them. Source: the data sheet of the DS18B20, and
// Documentation/w1/slaves/w1_therm.rst.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "sensor/decimal.hpp"

namespace pegasus::drivers::sysfs {

inline constexpr double kThermometerLeast = -55;  ///< degrees Celsius, the range of these chips
inline constexpr double kThermometerMost = 125;

/// Whether a folder of the path is a thermometer on 1-Wire, such as 28-000000000001.
[[nodiscard]] bool isThermometer(const std::filesystem::path& path);
/// "28-000000000001": a family of thermometers and the number of the chip.
[[nodiscard]] bool isThermometerAddress(std::string_view name);

/// Thousandths of a degree from the text of w1_slave; an error if the checksum was wrong.
[[nodiscard]] Result<sensor::Measured> parseSlave(std::string_view text);

/// Tells temperatures from what such a chip says when it has none: 85 degrees is what its register holds after power-on, and
/// -127 stands for an answer that did not come.
class ThermometerFilter {
public:
    /// Passes `thousandths`, or says why it is no temperature. 85 degrees passes when a reading near it came just before.
    [[nodiscard]] Result<sensor::Measured> pass(const Result<sensor::Measured>& thousandths);

private:
    std::optional<double> last_;  // none after a gap: the chip may have lost its power
};

}  // namespace pegasus::drivers::sysfs
