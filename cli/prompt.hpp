// SPDX-License-Identifier: Apache-2.0
// A secret from the terminal, without echo. However the process ends or is stopped meanwhile (Ctrl-C, Ctrl-Z, SIGTERM,
// SIGHUP), the terminal echoes again.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace pegasus::cli {

/// Shows `before` (a line or none) and `prompt`, and reads one line. InvalidArgument: there is no terminal, or the line is
/// longer than bus::kMaxSecretLength. Cancelled: the input was ended (Ctrl-D) instead. Asks again when the process was stopped and goes on. Does not return when a signal
/// ends the process. For one thread.
[[nodiscard]] Result<SecretBytes> askTerminal(const std::string& before, const std::string& prompt);

}  // namespace pegasus::cli
