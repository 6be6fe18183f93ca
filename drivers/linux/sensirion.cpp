// SPDX-License-Identifier: Apache-2.0
// Commands and answers of Sensirion's chips. Source: data sheet of the SCD4x, version 1.4, section 3 (the same for the others).
#include "drivers/linux/sensirion.hpp"

#include <bit>

namespace pegasus::drivers::linux_ {

Result<void> command(I2cDevice& device, std::uint16_t code, std::initializer_list<std::uint16_t> arguments, Duration wait) {
    Bytes out{static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code & 0xFF)};
    for (const auto word : arguments) {
        const std::uint8_t bytes[] = {static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word & 0xFF)};
        out.insert(out.end(), {bytes[0], bytes[1], crc8(bytes)});
    }
    PEGASUS_CHECK(device.write(out));
    return wait > Duration(0) ? device.pause(wait) : Result<void>();
}

Result<Words> ask(I2cDevice& device, std::uint16_t code, std::size_t count, Duration wait, std::initializer_list<std::uint16_t> arguments) {
    PEGASUS_CHECK(command(device, code, arguments, wait));
    PEGASUS_TRY(const auto answer, device.read(3 * count));
    return checkedWords(answer);
}

Result<std::vector<std::uint16_t>> askAll(I2cDevice& device, std::uint16_t code, std::size_t count, Duration wait,
                                          std::initializer_list<std::uint16_t> arguments) {
    PEGASUS_TRY(const auto words, ask(device, code, count, wait, arguments));
    std::vector<std::uint16_t> all;
    for (const auto& word : words) {
        if (!word) return fail(ErrorCode::Corrupt, "{}", kFailedCrc);
        all.push_back(*word);
    }
    return all;
}

std::string serialText(std::span<const std::uint16_t> words) {
    std::uint64_t number = 0;
    for (const auto word : words) number = number << 16 | word;
    return fmt::format("{}", number);
}

float floatOf(std::uint16_t high, std::uint16_t low) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(high) << 16 | low);
}

}  // namespace pegasus::drivers::linux_
