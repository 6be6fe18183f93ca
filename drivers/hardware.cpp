// SPDX-License-Identifier: Apache-2.0
// The real machine.
#include "drivers/hardware.hpp"

namespace pegasus::drivers {

Hardware thisMachine(const Clock& clock, std::filesystem::path state) {
    const auto folder = state.empty() ? state : state / "totals";
    return {clock, linux_::machineBuses(), linux_::realPause(), linux_::machineGpio(), std::make_shared<linux_::Totals>(folder)};
}

}  // namespace pegasus::drivers
