// SPDX-License-Identifier: Apache-2.0
// What drivers get of the machine.
#pragma once

#include <filesystem>
#include <memory>

#include "base/time.hpp"
#include "drivers/linux/i2c.hpp"

namespace pegasus::drivers {

/// Outlives every driver.
struct Hardware {
    const Clock& clock;
    std::shared_ptr<linux_::I2cBuses> i2c;  ///< never null
    linux_::Pause& pause = linux_::realPause();
    std::filesystem::path state;            ///< folder where counters are kept; empty: nowhere
    std::filesystem::path root = "/";       ///< of sysfs and /dev, for tests
};

/// The machine that this program runs on.
[[nodiscard]] Hardware thisMachine(const Clock& clock, std::filesystem::path state);

}  // namespace pegasus::drivers
