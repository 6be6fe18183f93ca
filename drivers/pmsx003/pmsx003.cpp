// SPDX-License-Identifier: Apache-2.0
// Listens only: the sensors send a frame each second by themselves.
#include "drivers/pmsx003/pmsx003.hpp"

#include "drivers/pmsx003/frame.hpp"

namespace pegasus::drivers::pmsx003 {

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "pmsx003",
                  .summary = "Plantower PMS5003, PMS7003, PMSA003: particulate matter (serial)",
                  .options = linux_::serialOptions("9600"),
                  .channels = kRows,
                  .make = [hardware](sensor::Parameters& parameters) -> std::unique_ptr<sensor::Driver> {
                      return std::make_unique<linux_::FrameDriver>(hardware, linux_::serialSettings(parameters),
                                                                   linux_::FrameSetup{"PMSx003", sensor::channelsOf(kRows), parse, 10s, 30s});
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
                          found.push_back({"PMSx003 at " + port, {{"type", "pmsx003"}, {"port", port}}});
                      return found;
                  }});
}

}  // namespace pegasus::drivers::pmsx003
