// SPDX-License-Identifier: Apache-2.0
// Listens only: the sensors send a frame each second by themselves.
#include "drivers/pmsx003/pmsx003.hpp"

#include "drivers/pmsx003/frame.hpp"

namespace pegasus::drivers::pmsx003 {

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    linux_::registerFrames(registry, hardware, {.name = "pmsx003", .summary = "Plantower PMS5003, PMS7003, PMSA003: particulate matter (serial)", .marking = "PMSx003", .channels = kRows, .parse = parse});
}

}  // namespace pegasus::drivers::pmsx003
