// SPDX-License-Identifier: Apache-2.0
// Driver: what reads one sensor, and the channels it has.
#pragma once

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

/// Owned by one thread of its own (see reader.hpp): read() may block there and hurts nobody, and is never called twice at
/// a time. The source need not be there when the driver is made, and may come and go.
class Driver {
public:
    virtual ~Driver() = default;
    /// Constant from construction on; at most kMaxChannels. Any thread.
    [[nodiscard]] virtual const std::vector<Channel>& channels() const = 0;
    /// One reading for each channel, with quantity, unit and value; a channel without a value at the moment may be left
    /// out, or be Missing with a reason. An error means that the whole source gave nothing. Should return soon once `stop`
    /// is set. Must not throw.
    [[nodiscard]] virtual Result<std::vector<Reading>> read(std::stop_token stop) = 0;
};

}  // namespace pegasus::sensor
