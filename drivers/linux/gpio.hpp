// SPDX-License-Identifier: Apache-2.0
// GPIO as drivers use it, by libgpiod 1.6 (Debian 12) or 2.x (Debian 13): lines by name, edges with the kernel's time stamps.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace pegasus::drivers::linux_ {

/// `time` is the kernel's monotonic clock at the interrupt, which std::chrono::steady_clock is too.
struct Edge {
    bool rising = false;
    std::chrono::nanoseconds time{0};
};

enum class Bias : std::uint8_t { AsIs, PullUp, PullDown, None };

struct LineWish {
    std::string chip;          ///< label of a chip, such as "pinctrl-bcm2711"; empty: the one that has a line of that name
    std::string line;          ///< name of a line, such as "GPIO17"
    Bias bias = Bias::AsIs;
    bool activeLow = false;
    Duration debounce{0};      ///< by the kernel, if it can
    bool output = false;       ///< else an input with both edges
};

/// A line that is ours until the object goes. Thread of its owner.
class GpioLine {
public:
    virtual ~GpioLine() = default;
    [[nodiscard]] virtual int descriptor() const = 0;   ///< readable while edges wait; -1 of an output
    [[nodiscard]] virtual bool debounced() const = 0;   ///< the kernel does it
    /// Edges that wait, oldest first, at most 1024; none: an empty vector. NotFound: the chip is gone.
    [[nodiscard]] virtual Result<std::vector<Edge>> edges() = 0;
    /// Edges that the kernel had to drop since the line was requested; none: it does not tell.
    [[nodiscard]] virtual std::optional<std::uint64_t> lost() const = 0;
    /// Where it does not tell: how often its buffer was full when it was read, so that edges may have been lost.
    [[nodiscard]] virtual std::uint64_t overflows() const { return 0; }
    [[nodiscard]] virtual Result<bool> level() = 0;     ///< true: active
    [[nodiscard]] virtual Result<void> set(bool active) = 0;
};

/// All chips of a machine. Any thread.
class GpioChips {
public:
    virtual ~GpioChips() = default;
    /// NotFound says which chips there are; InvalidState: several have such a line, or somebody else uses it.
    [[nodiscard]] virtual Result<std::unique_ptr<GpioLine>> open(const LineWish& wish) = 0;
};
[[nodiscard]] std::shared_ptr<GpioChips> machineGpio();

/// Waits until the descriptor is readable; false: not within the time.
[[nodiscard]] bool readable(int descriptor, Duration within);

}  // namespace pegasus::drivers::linux_
