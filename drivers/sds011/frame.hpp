// SPDX-License-Identifier: Apache-2.0
// Frames of the Nova SDS011. Source: its data sheet, version 1.3 (2015), and "Laser dust sensor control protocol", version 1.3. Pure.
#pragma once

#include "drivers/linux/frame_driver.hpp"

namespace pegasus::drivers::sds011 {

// 0xAA 0xC0; PM2.5 and PM10 in tenths and the number of the device, each the least significant byte first; the sum of these six bytes; 0xAB.
inline constexpr std::size_t kFrame = 10;
inline constexpr sensor::ChannelRow kRows[] = {{.quantity = "pm2_5", .unit = "ug/m3", .least = 0, .most = 999.9, .help = "Mass of particles up to 2.5 um"},
                                               {.quantity = "pm10", .unit = "ug/m3", .least = 0, .most = 999.9, .help = "Up to 10 um"}};

[[nodiscard]] std::optional<linux_::FrameContent> parse(linux_::Bytes& buffer, std::uint64_t& wrong);

}  // namespace pegasus::drivers::sds011
