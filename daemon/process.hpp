// SPDX-License-Identifier: Apache-2.0
// Properties of the whole process.
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace pegasus::daemon {

/// No core dumps, not traceable by others, files private by default, no SIGPIPE. Before anything secret is in memory.
void hardenProcess();

/// If this is root, and the user of the service exists: goes on as that user. For checks, not for secrets.
void becomeServiceUser();
/// Raises the number of descriptors that may be open to the hard limit.
void raiseDescriptorLimit();
/// How many descriptors this process may have open, were raiseDescriptorLimit() called.
[[nodiscard]] std::size_t descriptorLimit();

/// Makes the folder (0700) if it is not there, and checks that it is ours and closed to others.
[[nodiscard]] Result<void> prepareStateDir(const std::filesystem::path& dir);

}  // namespace pegasus::daemon
