// SPDX-License-Identifier: Apache-2.0
// Names of errors on the bus. Free of sdbus-c++.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pegasus::bus {

/// What a failure is called on the bus: InvalidArgument, AccessDenied, NotSupported and LimitExceeded by the standard names
/// org.freedesktop.DBus.Error.InvalidArgs, AccessDenied, NotSupported and LimitsExceeded; all others by kErrorPrefix and their
/// name in the table of base/error.cpp.
[[nodiscard]] std::string nameOnBus(ErrorCode code);

/// The code of a name that came back, ours or one of the bus's own; Internal for others.
[[nodiscard]] ErrorCode codeOnBus(std::string_view name);

}  // namespace pegasus::bus
