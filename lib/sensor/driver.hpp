// SPDX-License-Identifier: Apache-2.0
// Driver: what reads one sensor, and the channels it has.
#pragma once

#include <poll.h>

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sensor/reading.hpp"

namespace pegasus::sensor {

/// A quantity that a driver gives, in a fixed unit. A value outside of the range is marked Bad.
struct Channel {
    std::string quantity;           ///< unique within the driver
    std::string unit;               ///< UCUM
    std::optional<double> minimum;  ///< in that unit; none: no bound
    std::optional<double> maximum;

    bool operator==(const Channel&) const = default;
};

inline constexpr std::size_t kMaxChannels = 32;

/// What a source turned out to be when it was opened.
struct Opened {
    std::vector<Channel> channels;  ///< 1 to kMaxChannels; they stay so
    std::string notice;             ///< for people, where it works but not wholly as expected; mostly empty
    /// What is known of the source itself, for buyers: "chip", "serial", "calibrated", ... to short texts. At most kMaxProvenance.
    std::map<std::string, std::string> provenance;
};
inline constexpr std::size_t kMaxProvenance = 8;

/// What a driver waits for between its turns. Nothing is the answer of one that only speaks when it is asked.
struct Attention {
    int descriptor = -1;     ///< of the driver, non-blocking
    short events = POLLIN;   ///< as of poll()
    std::optional<Duration> within;  ///< attend() is called after so long anyhow
};

/// Owned by one thread of its own (see reader.hpp): all but channels() runs there, one call at a time; open() and read() may block
/// there and hurt nobody. The source need not be there when the driver is made, and may come and go: only open() and
/// read() touch anything outside of the process. They must not throw, and should return soon once `stop` is set.
class Driver {
public:
    virtual ~Driver() = default;
    /// The channels as far as the configuration tells them; none where only the source can. Constant. Any thread.
    [[nodiscard]] virtual const std::vector<Channel>& channels() const = 0;
    /// Before the first read(), and again, with pauses, until it succeeds. An error says what is missing or wrong.
    [[nodiscard]] virtual Result<Opened> open(std::stop_token) { return Opened{channels(), {}, {}}; }
    /// One reading for each channel, with quantity, unit and value; a channel without a value at the moment may be left
    /// out, or be Missing with a reason. An error means that the whole source gave nothing.
    [[nodiscard]] virtual Result<std::vector<Reading>> read(std::stop_token stop) = 0;

    /// A source that speaks unasked (edges of a GPIO line, a serial sensor, a broker): asked after open(), read() and attend().
    [[nodiscard]] virtual Attention attention() const { return {}; }
    /// When the descriptor is ready (or broken), or the time is over: takes in what is there, without blocking. True: there is
    /// news that should not wait for the next turn; read() follows at once, but not within 100 ms of the last.
    [[nodiscard]] virtual bool attend() { return false; }
};

}  // namespace pegasus::sensor
