// SPDX-License-Identifier: Apache-2.0
// Messages of a channel for people: a line for each reading. The text is the seller's: nothing of it is believed, and
// nothing of it steers the terminal. Format: docs/protocol.md, "Data messages".
#pragma once

#include <string>

#include "bus/value.hpp"

namespace pegasus::cli {

/// "12  2026-11-22 14:03:59  temperature  21.5 Cel", with what is not good about it behind. A message in which no reading
/// is found is one line with its text. `row`: index, time, payload (or truncated), as of Subscription.ListMessages.
[[nodiscard]] std::string readingLines(const bus::Dict& row);
/// The same of one JSON object, as a watched socket gives it.
[[nodiscard]] std::string readingLines(const std::string& json);

/// The header of csvLine().
[[nodiscard]] std::string csvHeader();
/// index, time, root, payload: quoted where needed; control characters become spaces or U+FFFD.
[[nodiscard]] std::string csvLine(const bus::Dict& row);

}  // namespace pegasus::cli
