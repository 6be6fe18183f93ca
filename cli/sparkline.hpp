// SPDX-License-Identifier: Apache-2.0
// Sparkline: the last values of a channel as one line of bars. Pure.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace pegasus::cli {

/// One character a value, from the least to the greatest of them; `unicode`: eight heights, else four in ASCII.
[[nodiscard]] std::string sparkline(const std::deque<double>& values, bool unicode);

}  // namespace pegasus::cli
