// SPDX-License-Identifier: Apache-2.0
// Refinement: what is done to the readings of any driver before they are told: correction, range, jumps, values that stand still, and
// channels that are computed from others.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sensor/decimal.hpp"
#include "sensor/driver.hpp"
#include "sensor/parameters.hpp"

namespace pegasus::sensor {

/// What nature does, by quantity: the default thresholds of types that read it (DriverType::nature).
struct Threshold {
    std::string_view quantity;
    double jump;          ///< in the unit of the quantity, within a minute
    Duration stuckAfter;  ///< 0: it may stand still
};
[[nodiscard]] std::span<const Threshold> thresholds();

struct ChannelSettings {
    std::string quantity;
    std::optional<Measured> offset;
    std::optional<Decimal> scale;
    std::string calibrated;  ///< date; empty: not said
    std::optional<double> minimum;
    std::optional<double> maximum;
    double jump = 0;         ///< 0: any is believed
    Duration stuckAfter{0};  ///< 0: it may stand still

    [[nodiscard]] bool corrects() const { return offset || scale; }
};

struct Refinement {
    std::vector<ChannelSettings> channels;
    bool dewPoint = false;
    std::optional<double> altitude;  ///< sea-level pressure, at this height; none: not wanted
};

/// From the options that all sensors have. Notes what is wrong between them.
[[nodiscard]] Refinement refinementOf(Parameters& parameters, std::span<const Channel> channels);

/// The driver with its readings refined; `clock` must outlive it.
[[nodiscard]] std::unique_ptr<Driver> refined(std::unique_ptr<Driver> driver, Refinement refinement, const Clock& clock);

/// The temperature at which water would begin to condense, in degrees Celsius. The form of Magnus with the constants of Sonntag (1990), over
/// water, good from -45 to 60 degrees. `humidity` above 0 to 100 %.
[[nodiscard]] double dewPoint(double celsius, double humidity);
/// Pressure reduced to the sea, in the unit of `pressure`: the barometric formula with the lapse of the standard atmosphere (0.0065 K/m), from the
/// temperature at the station. WMO-No. 8 (2018), chapter 3.
[[nodiscard]] double seaLevelPressure(double pressure, double celsius, double metres);

}  // namespace pegasus::sensor
