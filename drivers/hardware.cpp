// SPDX-License-Identifier: Apache-2.0
// The real machine.
#include "drivers/hardware.hpp"

namespace pegasus::drivers {

Hardware thisMachine(const Clock& clock, std::filesystem::path state) {
    return {.clock = clock, .i2c = linux_::machineBuses(), .pause = linux_::realPause(), .state = std::move(state)};
}

}  // namespace pegasus::drivers
