// SPDX-License-Identifier: Apache-2.0
// LineSource: a GPIO input for a driver: opened and opened again, drained and debounced.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/hardware.hpp"
#include "drivers/linux/debounce.hpp"
#include "sensor/parameters.hpp"

namespace pegasus::drivers::linux_ {

/// The options of a GPIO input: chip, line, bias, active-low, debounce (`debounce` is its default).
[[nodiscard]] sensor::OptionTable lineOptions(std::string_view debounce);
/// What they say; claims the line.
[[nodiscard]] LineWish lineWish(sensor::Parameters& parameters);
/// The claim on the line that the options `chip` and `line` (by that name) mean.
void claimLine(sensor::Parameters& parameters, std::string_view option, const LineWish& wish);

/// Lives on the sensor's thread.
class LineSource {
public:
    LineSource(const Hardware& hardware, LineWish wish) : chips_(hardware.gpio), clock_(hardware.clock), wish_(std::move(wish)) {}

    /// Opens the line if it is not. Reports how lost edges are told.
    [[nodiscard]] Result<void> open();
    /// Real edges (true: became active) since the last call. An error closes the line: open() tries again.
    [[nodiscard]] Result<std::vector<Edge>> drain();
    [[nodiscard]] sensor::Attention attention() const;
    [[nodiscard]] bool active() const { return active_; }  ///< as far as drained
    /// Edges that the kernel dropped since open(); none: it does not tell.
    [[nodiscard]] std::optional<std::uint64_t> lost() const { return line_ ? line_->lost() : std::nullopt; }
    [[nodiscard]] std::uint64_t overflows() const { return line_ ? line_->overflows() : 0; }
    [[nodiscard]] std::chrono::nanoseconds now() const { return clock_.steady().time_since_epoch(); }

private:
    std::shared_ptr<GpioChips> chips_;
    const Clock& clock_;
    LineWish wish_;
    std::unique_ptr<GpioLine> line_;
    std::optional<Debounce> debounce_;
    bool active_ = false;
};

}  // namespace pegasus::drivers::linux_
