// SPDX-License-Identifier: Apache-2.0
// What drivers get of the machine.
#pragma once

#include <filesystem>
#include <memory>

#include "base/time.hpp"
#include "drivers/linux/gpio.hpp"
#include "drivers/linux/i2c.hpp"
#include "drivers/linux/totals.hpp"

namespace pegasus::drivers {

/// Outlives every driver.
struct Hardware {
    const Clock& clock;
    std::shared_ptr<linux_::I2cBuses> i2c;  ///< never null
    linux_::Pause& pause = linux_::realPause();
    std::shared_ptr<linux_::GpioChips> gpio;  ///< never null
    std::shared_ptr<linux_::Totals> totals;   ///< never null
};

/// The machine that this program runs on; counters are kept in the folder `state`, or not at all if it is empty.
[[nodiscard]] Hardware thisMachine(const Clock& clock, std::filesystem::path state);

}  // namespace pegasus::drivers
