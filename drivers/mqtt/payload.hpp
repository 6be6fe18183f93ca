// SPDX-License-Identifier: Apache-2.0
// What a message says: numbers of channels, and whether the device is there. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::drivers::mqtt {

/// A topic to subscribe to: not empty, no wildcards, at most 1024 bytes. The error says what is wrong.
[[nodiscard]] Result<void> checkTopic(std::string_view topic);

/// The number in a payload: at `pointer` of its JSON, or the whole payload where the pointer is "".
[[nodiscard]] Result<double> numberIn(std::string_view payload, const std::string& pointer);

/// Of an availability topic: "online", "offline", or {"state":"online"}, as zigbee2mqtt, Tasmota and Home Assistant have it; none: something
/// else.
[[nodiscard]] std::optional<bool> availabilityOf(std::string_view payload);

}  // namespace pegasus::drivers::mqtt
