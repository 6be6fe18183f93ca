// SPDX-License-Identifier: Apache-2.0
// The three calls that differ between libgpiod 1.6 and 2.x. Of gpio.cpp only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "drivers/linux/gpio.hpp"

namespace pegasus::drivers::linux_ {

inline constexpr const char* kConsumer = "pegasusd";
inline constexpr std::size_t kEdgesAtOnce = 64;
inline constexpr std::size_t kMostEdges = 1024;

struct FoundLine {
    std::string file;   ///< /dev/gpiochip0
    std::string label;
    unsigned offset = 0;
};

[[nodiscard]] Result<std::string> chipLabel(const std::string& file);
[[nodiscard]] std::optional<unsigned> lineNamed(const std::string& file, const std::string& name);
[[nodiscard]] Result<std::unique_ptr<GpioLine>> requestLine(const FoundLine& line, const LineWish& wish);

}  // namespace pegasus::drivers::linux_
