// SPDX-License-Identifier: Apache-2.0
// Frames of Plantower's sensors. Source: PMS5003 data manual, version 2.3 (2016), appendix I. Pure.
#pragma once

#include "drivers/linux/frame_driver.hpp"

namespace pegasus::drivers::pmsx003 {

// 0x42 0x4D; the number of bytes that follow, 28; thirteen words; the sum of all bytes before it. Most significant byte first.
inline constexpr std::size_t kFrame = 32;
inline constexpr sensor::ChannelRow kRows[] = {{.quantity = "pm1", .unit = "ug/m3", .least = 0, .most = 1000, .help = "Mass of particles up to 1 um, in air as it is"},
                                               {.quantity = "pm2_5", .unit = "ug/m3", .least = 0, .most = 1000, .help = "Up to 2.5 um"},
                                               {.quantity = "pm10", .unit = "ug/m3", .least = 0, .most = 1000, .help = "Up to 10 um"}};

[[nodiscard]] std::optional<linux_::FrameContent> parse(linux_::Bytes& buffer, std::uint64_t& wrong);

}  // namespace pegasus::drivers::pmsx003
