// SPDX-License-Identifier: Apache-2.0
// Text from the network, made fit for a terminal, a log or a D-Bus string.
#pragma once

#include <string>
#include <string_view>

namespace pegasus::bus {

/// Valid UTF-8 without NUL: bad sequences become U+FFFD (D-Bus drops a sender of anything else).
[[nodiscard]] std::string validUtf8(std::string_view text);

/// validUtf8() without what could steer a terminal: C0 and C1 controls, DEL, line and paragraph separators, and the marks
/// that turn the direction of writing become U+FFFD; newlines and tabs become spaces.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace pegasus::bus
