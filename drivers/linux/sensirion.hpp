// SPDX-License-Identifier: Apache-2.0
// How Sensirion's chips are spoken to: commands of 16 bits, words with a checksum each.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "drivers/linux/crc.hpp"
#include "drivers/linux/i2c.hpp"

namespace pegasus::drivers::linux_ {

using Words = std::vector<std::optional<std::uint16_t>>;

/// Sends a command with its arguments, each followed by its checksum, and waits as long as the chip needs for it.
[[nodiscard]] Result<void> command(I2cDevice& device, std::uint16_t code, std::initializer_list<std::uint16_t> arguments = {},
                                   Duration wait = 0ms);
/// The same, and then the answer of `count` words; none in place of a word whose checksum is wrong.
[[nodiscard]] Result<Words> ask(I2cDevice& device, std::uint16_t code, std::size_t count, Duration wait,
                                std::initializer_list<std::uint16_t> arguments = {});
/// The answer, every word of which must be right: Corrupt "failed CRC" if one is not.
[[nodiscard]] Result<std::vector<std::uint16_t>> askAll(I2cDevice& device, std::uint16_t code, std::size_t count, Duration wait,
                                                        std::initializer_list<std::uint16_t> arguments = {});
/// Words, the most significant one first, as a number in decimal.
[[nodiscard]] std::string serialText(std::span<const std::uint16_t> words);
/// Two words as an IEEE 754 number of single precision, the most significant one first.
[[nodiscard]] float floatOf(std::uint16_t high, std::uint16_t low);

inline constexpr const char* kFailedCrc = "failed CRC: what came over the bus is not what the chip sent";

}  // namespace pegasus::drivers::linux_
