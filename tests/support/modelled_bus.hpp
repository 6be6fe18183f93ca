// SPDX-License-Identifier: Apache-2.0
// An I2C bus with models of chips, written from their data sheets apart from the drivers, and with the faults that real ones have.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "drivers/hardware.hpp"
#include "drivers/linux/i2c.hpp"
#include "support/test_loop.hpp"

namespace pegasus::test {

using drivers::linux_::Bytes;

/// What a chip does with a transfer. `now` is the time of the clock: measurements take as long as the data sheet says.
class ModelledChip {
public:
    virtual ~ModelledChip() = default;
    /// False: not acknowledged.
    virtual bool write(const Bytes& bytes, SteadyTime now) = 0;
    /// Not acknowledged: nothing. Fewer bytes than asked for: the bus reads 0xFF beyond them, as pulled-up lines do.
    virtual std::optional<Bytes> read(std::size_t size, SteadyTime now) = 0;
    /// As after power-on.
    virtual void reset() = 0;
};

/// A chip whose registers have 8-bit addresses that count up.
class RegisterChip : public ModelledChip {
public:
    bool write(const Bytes& bytes, SteadyTime now) override {
        if (bytes.empty()) return true;
        pointer = bytes[0];
        for (std::size_t i = 1; i < bytes.size(); ++i) stored(static_cast<std::uint8_t>(pointer + i - 1), bytes[i], now);
        return true;
    }
    std::optional<Bytes> read(std::size_t size, SteadyTime now) override {
        Bytes out;
        for (std::size_t i = 0; i < size; ++i) out.push_back(loaded(static_cast<std::uint8_t>(pointer + i), now));
        return out;
    }
    std::map<std::uint8_t, std::uint8_t> registers;
    std::uint8_t pointer = 0;

protected:
    virtual void stored(std::uint8_t reg, std::uint8_t value, SteadyTime) { registers[reg] = value; }
    virtual std::uint8_t loaded(std::uint8_t reg, SteadyTime) { return registers[reg]; }
};

/// A chip whose registers hold 16 bits, the most significant byte first.
class WordRegisterChip : public ModelledChip {
public:
    bool write(const Bytes& bytes, SteadyTime now) override {
        if (bytes.empty()) return true;
        pointer = bytes[0];
        if (bytes.size() == 3) stored(pointer, static_cast<std::uint16_t>(bytes[1] << 8 | bytes[2]), now);
        return bytes.size() == 1 || bytes.size() == 3;
    }
    std::optional<Bytes> read(std::size_t, SteadyTime now) override {
        const auto word = loaded(pointer, now);
        return Bytes{static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word & 0xFF)};
    }
    std::map<std::uint8_t, std::uint16_t> words;
    std::uint8_t pointer = 0;

protected:
    virtual void stored(std::uint8_t reg, std::uint16_t value, SteadyTime) { words[reg] = value; }
    virtual std::uint16_t loaded(std::uint8_t reg, SteadyTime) { return words[reg]; }
};

/// Faults of one address, for as long as they are set.
struct Faults {
    bool silent = false;         ///< nobody acknowledges
    bool half = false;           ///< the second half of each answer is 0xFF
    bool corrupt = false;        ///< the last byte of each answer has a bit turned over
    std::string kernel = {};     ///< folder of the device that a kernel driver is bound to
};

class ModelledBus final : public drivers::linux_::I2cBus {
public:
    ModelledBus(std::string name, ManualClock& clock) : name_(std::move(name)), clock_(clock) {}

    template <class Chip, class... Args>
    Chip& put(std::uint8_t address, Args&&... args) {
        auto chip = std::make_unique<Chip>(std::forward<Args>(args)...);
        auto& placed = *chip;
        placed.reset();
        chips_[address] = std::move(chip);
        return placed;
    }
    void take(std::uint8_t address) { chips_.erase(address); }
    Faults& faults(std::uint8_t address) { return faults_[address]; }
    bool stuck = false;
    int transfers = 0;

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] std::string heldBy(std::uint8_t address) const override {
        const auto it = faults_.find(address);
        return it == faults_.end() ? "" : it->second.kernel;
    }
    Result<void> transfer(std::uint8_t address, std::span<const std::uint8_t> out, std::span<std::uint8_t> in) override {
        ++transfers;
        const auto& fault = faults_[address];
        if (stuck) return fail(ErrorCode::Timeout, "{} is stuck", name_);
        if (!fault.kernel.empty()) return fail(ErrorCode::InvalidState, "a kernel driver holds the address {:#04x} on {}", address, name_);
        const auto chip = chips_.find(address);
        const auto nobody = [&] { return fail(ErrorCode::NotFound, "no chip answers at {:#04x} on {}", address, name_); };
        if (chip == chips_.end() || fault.silent) return nobody();
        const auto now = clock_.steady();
        if (!out.empty() && !chip->second->write(Bytes(out.begin(), out.end()), now)) return nobody();
        if (in.empty()) return {};
        auto answer = chip->second->read(in.size(), now);
        if (!answer) return nobody();
        answer->resize(in.size(), 0xFF);
        if (fault.half) std::fill(answer->begin() + static_cast<std::ptrdiff_t>(in.size() / 2), answer->end(), std::uint8_t{0xFF});
        if (fault.corrupt) answer->back() ^= 0x10;
        std::ranges::copy(*answer, in.begin());
        return {};
    }

private:
    std::string name_;
    ManualClock& clock_;
    std::map<std::uint8_t, std::unique_ptr<ModelledChip>> chips_;
    std::map<std::uint8_t, Faults> faults_;
};

class ModelledBuses final : public drivers::linux_::I2cBuses {
public:
    explicit ModelledBuses(ManualClock& clock) : clock_(clock) {}
    std::shared_ptr<ModelledBus> add(const std::string& name) { return buses_[name] = std::make_shared<ModelledBus>(name, clock_); }
    void remove(const std::string& name) { buses_.erase(name); }

    [[nodiscard]] Result<std::shared_ptr<drivers::linux_::I2cBus>> open(std::string_view bus) override {
        const auto it = buses_.find(drivers::linux_::normalBus(bus));
        if (it == buses_.end()) return fail(ErrorCode::NotFound, "there is no I2C bus '{}'", bus);
        return std::shared_ptr<drivers::linux_::I2cBus>(it->second);
    }
    [[nodiscard]] std::vector<std::string> names() const override {
        std::vector<std::string> names;
        for (const auto& [name, bus] : buses_) names.push_back(name);
        return names;
    }

private:
    ManualClock& clock_;
    std::map<std::string, std::shared_ptr<ModelledBus>> buses_;
};

/// Lets the clock run instead of waiting.
class ModelledPause final : public drivers::linux_::Pause {
public:
    explicit ModelledPause(ManualClock& clock) : clock_(clock) {}
    [[nodiscard]] Result<void> operator()(Duration time, std::stop_token stop) override {
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopped");
        clock_.advance(time);
        paused += time;
        return {};
    }
    Duration paused{0};

private:
    ManualClock& clock_;
};

}  // namespace pegasus::test
