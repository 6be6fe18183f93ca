// SPDX-License-Identifier: Apache-2.0
// The list of drivers.
#include "drivers/all.hpp"

#include "drivers/replay/replay.hpp"
#include "drivers/sysfs/sysfs.hpp"
#include "drivers/system/system.hpp"

namespace pegasus::drivers {

void registerAll(sensor::Registry& registry, const Clock& clock) {
    replay::registerType(registry);
    sysfs::registerType(registry);
    system::registerType(registry, clock);
}

}  // namespace pegasus::drivers
