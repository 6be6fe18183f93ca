// SPDX-License-Identifier: Apache-2.0
// Looks for the two first bytes, and goes on one byte further where what follows is no frame.
#include "drivers/pmsx003/frame.hpp"

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::pmsx003 {
namespace {

constexpr std::uint8_t kFirst = 0x42, kSecond = 0x4D;
constexpr std::size_t kLength = 28;
constexpr std::size_t kAtmospheric = 10;  // the words before are for calibration in industry

std::uint16_t wordAt(std::span<const std::uint8_t> bytes, std::size_t i) { return static_cast<std::uint16_t>(bytes[i] << 8 | bytes[i + 1]); }

linux_::FrameContent contentOf(std::span<const std::uint8_t> frame) {
    linux_::FrameContent content;
    for (std::size_t i = 0; i < std::size(kRows); ++i) content.readings.push_back(linux_::reading(kRows[i], wordAt(frame, kAtmospheric + 2 * i)));
    return content;
}

}  // namespace

std::optional<linux_::FrameContent> parse(linux_::Bytes& buffer, std::uint64_t& wrong) {
    std::optional<linux_::FrameContent> newest;
    std::size_t at = 0;
    while (buffer.size() - at >= kFrame) {
        const auto frame = std::span(buffer).subspan(at, kFrame);
        if (frame[0] != kFirst || frame[1] != kSecond || wordAt(frame, 2) != kLength) {
            ++at;
        } else if (linux_::sumOf(frame.first(kFrame - 2)) != wordAt(frame, kFrame - 2)) {
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

}  // namespace pegasus::drivers::pmsx003
