// SPDX-License-Identifier: Apache-2.0
// Serial ports: opened for one user, read as bytes come, opened again when they come back.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "base/time.hpp"
#include "drivers/linux/descriptor.hpp"
#include "drivers/linux/i2c.hpp"
#include "sensor/parameters.hpp"

namespace pegasus::drivers::linux_ {

struct SerialSettings {
    std::string port;       ///< "/dev/ttyS0", better "/dev/serial/by-id/..."
    unsigned baud = 9600;   ///< one of the usual rates
    char parity = 'n';      ///< n, e, o
    int stopBits = 1;       ///< 1, 2
};

/// The options port, baud, parity and stop-bits, and what they say; claims the port. Parity and stop bits only with `lines`.
[[nodiscard]] sensor::OptionTable serialOptions(std::string_view baud);
[[nodiscard]] SerialSettings serialSettings(sensor::Parameters& parameters);

/// Lives on the sensor's thread. What comes is kept until it is taken, at most kMostBuffered bytes: the oldest go first.
class SerialSource {
public:
    explicit SerialSource(SerialSettings settings) : settings_(std::move(settings)) {}

    /// Opens the port if it is not: exclusively, raw, 8 bits. NotFound, AccessDenied, InvalidState (in use, no serial port).
    [[nodiscard]] Result<void> open();
    /// Takes in what there is, without blocking. An error closes the port: open() tries again.
    [[nodiscard]] Result<void> take();
    [[nodiscard]] Bytes& buffer() { return buffer_; }
    [[nodiscard]] int descriptor() const { return port_.get(); }
    [[nodiscard]] bool isOpen() const { return port_.open(); }

private:
    SerialSettings settings_;
    Descriptor port_;
    Bytes buffer_;
};
inline constexpr std::size_t kMostBuffered = 4096;

/// Listens to all serial ports that nobody uses, at most `within`, and writes to none of them. `known` says whether some bytes are of the
/// sensor that is sought; what it answers for each port where it is.
[[nodiscard]] std::vector<std::string> listenToPorts(unsigned baud, Duration within, const std::function<bool(const Bytes&)>& known);

}  // namespace pegasus::drivers::linux_
