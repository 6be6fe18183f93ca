// SPDX-License-Identifier: Apache-2.0
// I2C as drivers use it: buses by name, one transfer at a time on each, and one chip on a bus.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace pegasus::drivers::linux_ {

using Bytes = std::vector<std::uint8_t>;

/// One bus. Any thread; a transfer waits for its turn.
class I2cBus {
public:
    virtual ~I2cBus() = default;
    /// One transaction with the chip at `address` (7 bits): writes `out`, then, after a repeated start, reads `in.size()` bytes;
    /// either may be empty, not both. NotFound: nobody acknowledged. InvalidState: a kernel driver holds that address. Timeout: the bus is
    /// stuck or was busy with others for too long. Internal: anything else, such as a lost arbitration that tries did not mend.
    [[nodiscard]] virtual Result<void> transfer(std::uint8_t address, std::span<const std::uint8_t> out, std::span<std::uint8_t> in) = 0;
    /// The folder in sysfs of the device that a kernel driver is bound to at that address; empty: there is none.
    [[nodiscard]] virtual std::string heldBy(std::uint8_t address) const = 0;
    [[nodiscard]] virtual const std::string& name() const = 0;  ///< "i2c-1", for people
};

/// All buses of a machine. Any thread.
class I2cBuses {
public:
    virtual ~I2cBuses() = default;
    /// "i2c-1", "1", or the name of an adapter as the kernel has it ("i2c-sim"). The same object for whoever asks for the same
    /// bus. NotFound says which there are.
    [[nodiscard]] virtual Result<std::shared_ptr<I2cBus>> open(std::string_view bus) = 0;
    /// "i2c-1" and so on, in the order of their numbers.
    [[nodiscard]] virtual std::vector<std::string> names() const = 0;
    /// What such a bus is called for ever: the name of its adapter, where no other has it, since numbers may change.
    [[nodiscard]] virtual std::string lastingName(const std::string& bus) const { return bus; }
};

/// "1" as "i2c-1"; any other name as it is.
[[nodiscard]] std::string normalBus(std::string_view bus);

/// Sleeps on the sensor's thread. Cancelled once the stop is requested.
class Pause {
public:
    virtual ~Pause() = default;
    [[nodiscard]] virtual Result<void> operator()(Duration time, std::stop_token stop) = 0;
};
[[nodiscard]] Pause& realPause();
/// Those of /dev and /sys.
[[nodiscard]] std::shared_ptr<I2cBuses> machineBuses();

/// A chip at an address, for the length of one turn of its driver.
class I2cDevice {
public:
    I2cDevice(I2cBus& bus, std::uint8_t address, const Clock& clock, Pause& pause, std::stop_token stop)
        : bus_(bus), address_(address), clock_(clock), pause_(pause), stop_(std::move(stop)) {}

    [[nodiscard]] Result<void> write(std::span<const std::uint8_t> out) { return bus_.transfer(address_, out, {}); }
    [[nodiscard]] Result<Bytes> read(std::size_t size);
    [[nodiscard]] Result<Bytes> exchange(std::span<const std::uint8_t> out, std::size_t size);
    [[nodiscard]] Result<void> writeRegister(std::uint8_t reg, std::uint8_t value);
    [[nodiscard]] Result<std::uint8_t> readRegister(std::uint8_t reg);
    [[nodiscard]] Result<Bytes> readRegisters(std::uint8_t first, std::size_t size);
    /// Registers of 16 bits, the most significant byte first.
    [[nodiscard]] Result<void> writeWord(std::uint8_t reg, std::uint16_t value);
    [[nodiscard]] Result<std::uint16_t> readWord(std::uint8_t reg);
    /// Lets time pass: a measurement, a reset. The bus is free meanwhile.
    [[nodiscard]] Result<void> pause(Duration time) { return pause_(time, stop_); }
    [[nodiscard]] SteadyTime now() const { return clock_.steady(); }
    [[nodiscard]] std::uint8_t address() const { return address_; }

private:
    I2cBus& bus_;
    std::uint8_t address_;
    const Clock& clock_;
    Pause& pause_;
    std::stop_token stop_;
};

}  // namespace pegasus::drivers::linux_
