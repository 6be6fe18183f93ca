// SPDX-License-Identifier: Apache-2.0
// Listens only: the sensor sends a frame each second by itself, as it is set up at the works.
#include "drivers/sds011/sds011.hpp"

#include "drivers/sds011/frame.hpp"

namespace pegasus::drivers::sds011 {

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "sds011",
                  .summary = "Nova SDS011: particulate matter (serial)",
                  .options = linux_::serialOptions("9600"),
                  .channels = kRows,
                  .make = [hardware](sensor::Parameters& parameters) -> std::unique_ptr<sensor::Driver> {
                      return std::make_unique<linux_::FrameDriver>(hardware, linux_::serialSettings(parameters),
                                                                   linux_::FrameSetup{"SDS011", sensor::channelsOf(kRows), parse, 10s, 30s});
                  },
                  .nature = true,
                  .scan = [](std::stop_token) {
                      std::vector<sensor::Discovery> found;
                      const auto known = [](const linux_::Bytes& bytes) {
                          auto copy = bytes;
                          std::uint64_t wrong = 0;
                          return parse(copy, wrong).has_value();
                      };
                      for (const auto& port : linux_::listenToPorts(9600, 3s, known))
                          found.push_back({"SDS011 at " + port, {{"type", "sds011"}, {"port", port}}});
                      return found;
                  }});
}

}  // namespace pegasus::drivers::sds011
