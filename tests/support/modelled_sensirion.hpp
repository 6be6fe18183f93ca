// SPDX-License-Identifier: Apache-2.0
// A chip of Sensirion on the modelled bus: commands of one or two bytes, answers of words with checksums, times that must be waited.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "support/modelled_bus.hpp"

namespace pegasus::test {

/// Division of polynomials, written apart from the drivers': x^8 + x^5 + x^4 + 1 over the message, the first byte inverted.
inline std::uint8_t checksumOf(std::uint16_t word) {
    std::uint32_t rest = static_cast<std::uint32_t>(word ^ 0xFF00U) << 8;
    for (int bit = 23; bit >= 8; --bit)
        if ((rest >> bit & 1U) != 0) rest ^= 0x131U << (bit - 8);
    return static_cast<std::uint8_t>(rest);
}

class ModelledSensirion : public ModelledChip {
public:
    using Words = std::vector<std::uint16_t>;

    bool write(const Bytes& bytes, SteadyTime now) override {
        ready_ = now;
        answer_.clear();
        if (now < busyUntil_) return false;
        const std::size_t size = commandSize(bytes);
        if (bytes.size() < size || (bytes.size() - size) % 3 != 0) return false;
        const auto code = static_cast<std::uint16_t>(size == 1 ? bytes[0] : bytes[0] << 8 | bytes[1]);
        Words arguments;
        for (std::size_t i = size; i < bytes.size(); i += 3) {
            const auto word = static_cast<std::uint16_t>(bytes[i] << 8 | bytes[i + 1]);
            if (bytes[i + 2] != checksumOf(word)) return false;
            arguments.push_back(word);
        }
        commands.push_back(code);
        return perform(code, arguments, now);
    }
    std::optional<Bytes> read(std::size_t size, SteadyTime now) override {
        if (answer_.empty() || now < ready_) return std::nullopt;
        Bytes out = answer_;
        if (out.size() > size) out.resize(size);
        return out;
    }
    std::vector<std::uint16_t> commands;  ///< all that came

protected:
    [[nodiscard]] virtual std::size_t commandSize(const Bytes&) const { return 2; }
    /// False: a command that the chip does not take (now).
    virtual bool perform(std::uint16_t code, const Words& arguments, SteadyTime now) = 0;
    /// What will be read, not before `after`.
    bool answer(const Words& words, SteadyTime now, Duration after) {
        for (const auto word : words)
            answer_.insert(answer_.end(), {static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word & 0xFF), checksumOf(word)});
        ready_ = now + after;
        return true;
    }
    /// Takes no command until then.
    void busy(SteadyTime until) { busyUntil_ = until; }
    void idle() { busyUntil_ = {}; }

private:
    Bytes answer_;
    SteadyTime ready_;
    SteadyTime busyUntil_;
};

}  // namespace pegasus::test
