// SPDX-License-Identifier: Apache-2.0
// Checksums of chips.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pegasus::drivers::linux_ {

/// CRC-8 with the polynomial 0x31 from 0xFF, the most significant bit first: each two bytes of Sensirion's chips have one. Source: data
/// sheet of the SHT3x-DIS, section 4.12 (0xBEEF gives 0x92).
[[nodiscard]] constexpr std::uint8_t crc8(std::span<const std::uint8_t> bytes) {
    std::uint8_t crc = 0xFF;
    for (const auto byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = static_cast<std::uint8_t>((crc & 0x80) != 0 ? crc << 1 ^ 0x31 : crc << 1);
    }
    return crc;
}

/// The words of an answer, each of two bytes and their checksum, the most significant byte first; none for a word whose checksum is wrong.
[[nodiscard]] std::vector<std::optional<std::uint16_t>> checkedWords(std::span<const std::uint8_t> answer);

}  // namespace pegasus::drivers::linux_
