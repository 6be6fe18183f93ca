// SPDX-License-Identifier: Apache-2.0
// Values as JSON text on one line.
#pragma once

#include <string>

#include "bus/value.hpp"

namespace pegasus::bus {

/// ASCII: everything else is escaped, and invalid UTF-8 becomes U+FFFD. Numbers that JSON cannot hold become null. Keys in
/// order of their bytes.
[[nodiscard]] std::string toJson(const Value& value);

}  // namespace pegasus::bus
