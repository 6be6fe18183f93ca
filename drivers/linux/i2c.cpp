// SPDX-License-Identifier: Apache-2.0
// What I2C has in common on any bus: registers, and the sleep between two transfers.
#include "drivers/linux/i2c.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace pegasus::drivers::linux_ {
namespace {

class RealPause final : public Pause {
public:
    Result<void> operator()(Duration time, std::stop_token stop) override {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        (void)wake.wait_for(lock, stop, time, [] { return false; });  // a stop wakes it
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopped");
        return {};
    }
};

}  // namespace

std::string normalBus(std::string_view bus) {
    const bool number = !bus.empty() && std::ranges::all_of(bus, [](char c) { return c >= '0' && c <= '9'; });
    return number ? fmt::format("i2c-{}", bus) : std::string(bus);
}

Pause& realPause() {
    static RealPause pause;
    return pause;
}

Result<Bytes> I2cDevice::read(std::size_t size) { return exchange({}, size); }

Result<Bytes> I2cDevice::exchange(std::span<const std::uint8_t> out, std::size_t size) {
    Bytes in(size);
    PEGASUS_CHECK(bus_.transfer(address_, out, in));
    return in;
}

Result<void> I2cDevice::writeRegister(std::uint8_t reg, std::uint8_t value) {
    const std::uint8_t out[] = {reg, value};
    return write(out);
}

Result<std::uint8_t> I2cDevice::readRegister(std::uint8_t reg) {
    PEGASUS_TRY(const auto in, readRegisters(reg, 1));
    return in.front();
}

Result<Bytes> I2cDevice::readRegisters(std::uint8_t first, std::size_t size) { return exchange(std::span(&first, 1), size); }

Result<void> I2cDevice::writeWord(std::uint8_t reg, std::uint16_t value) {
    const std::uint8_t out[] = {reg, static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value & 0xFF)};
    return write(out);
}

Result<std::uint16_t> I2cDevice::readWord(std::uint8_t reg) {
    PEGASUS_TRY(const auto in, readRegisters(reg, 2));
    return static_cast<std::uint16_t>(in[0] << 8 | in[1]);
}

}  // namespace pegasus::drivers::linux_
