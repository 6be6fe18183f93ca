// SPDX-License-Identifier: Apache-2.0
// The schema of state.db: what each service keeps there, as one list of versions.
#pragma once

#include <string>
#include <vector>

namespace pegasus::daemon {

/// Version i to i + 1. Never edited once released: a change is a new step.
[[nodiscard]] const std::vector<std::string>& stateMigrations();

}  // namespace pegasus::daemon
