// SPDX-License-Identifier: Apache-2.0
// A sensor's own file beside the daemon's configuration.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace pegasus::cli {

/// The drop-in for `sensor` beside `configFile` (Manager.ConfigFile): CONFIG.d/SENSOR.yaml. InvalidArgument where `sensor` is no
/// identifier: what is typed never names a file elsewhere.
[[nodiscard]] Result<std::filesystem::path> dropInFor(const std::filesystem::path& configFile, const std::string& sensor);

/// Makes `file`, whole or not at all, readable for the daemon whatever the umask says. AlreadyExists where it is there,
/// AccessDenied, Internal. A crash leaves at most a part that no reader of the folder takes up.
[[nodiscard]] Result<void> writeDropIn(const std::filesystem::path& file, const std::string& text);

}  // namespace pegasus::cli
