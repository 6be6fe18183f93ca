// SPDX-License-Identifier: Apache-2.0
// Looks for the two first bytes, and goes on one byte further where what follows is no frame.
#include "drivers/sds011/frame.hpp"

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::sds011 {
namespace {

constexpr std::uint8_t kFirst = 0xAA, kSecond = 0xC0, kLast = 0xAB;

std::uint16_t wordAt(std::span<const std::uint8_t> bytes, std::size_t i) { return static_cast<std::uint16_t>(bytes[i] | bytes[i + 1] << 8); }

linux_::FrameContent contentOf(std::span<const std::uint8_t> frame) {
    linux_::FrameContent content;
    for (std::size_t i = 0; i < std::size(kRows); ++i)
        content.readings.push_back(linux_::reading(kRows[i], sensor::Decimal(wordAt(frame, 2 + 2 * i), -1).toDouble()));
    content.serial = fmt::format("{:02X}{:02X}", frame[6], frame[7]);
    return content;
}

}  // namespace

std::optional<linux_::FrameContent> parse(linux_::Bytes& buffer, std::uint64_t& wrong) {
    std::optional<linux_::FrameContent> newest;
    std::size_t at = 0;
    while (buffer.size() - at >= kFrame) {
        const auto frame = std::span(buffer).subspan(at, kFrame);
        if (frame[0] != kFirst || frame[1] != kSecond || frame[9] != kLast) {
            ++at;
        } else if ((linux_::sumOf(frame.subspan(2, 6)) & 0xFF) != frame[8]) {
            ++wrong;
            ++at;
        } else {
            newest = contentOf(frame);
            at += kFrame;
        }
    }
    buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(at));
    return newest;
}

}  // namespace pegasus::drivers::sds011
