// SPDX-License-Identifier: Apache-2.0
// What the services do, as lines of the journal.
#pragma once

#include <vector>

#include "daemon/services.hpp"

namespace pegasus::daemon {

/// Logs from now on, as long as the handles live: notices where money or keys moved, information where a state changed.
[[nodiscard]] std::vector<Subscription> logEvents(Services& services);

}  // namespace pegasus::daemon
