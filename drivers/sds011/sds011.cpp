// SPDX-License-Identifier: Apache-2.0
// Listens only: the sensor sends a frame each second by itself, as it is set up at the works.
#include "drivers/sds011/sds011.hpp"

#include "drivers/sds011/frame.hpp"

namespace pegasus::drivers::sds011 {

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    linux_::registerFrames(registry, hardware, {.name = "sds011", .summary = "Nova SDS011: particulate matter (serial)", .marking = "SDS011", .channels = kRows, .parse = parse});
}

}  // namespace pegasus::drivers::sds011
