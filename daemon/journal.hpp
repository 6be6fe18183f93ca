// SPDX-License-Identifier: Apache-2.0
// Log lines with fields, to the journal when it listens, else to standard error. Never a seed, a key or a payload.
#pragma once

#include <fmt/core.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace pegasus::daemon {

/// The priorities of syslog that we use, by their meaning.
enum class Level : int {
    Error = 3,    ///< the action failed
    Warning = 4,  ///< tolerated; the text says how
    Notice = 5,   ///< money or keys moved
    Info = 6,     ///< the state changed
    Debug = 7,
};

/// Names without the prefix PEGASUS_, upper case: {"STREAM", "garden"}.
using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Any thread. Control characters of the text are replaced, since parts of it come from outside.
void log(Level level, std::string_view text, Fields fields = {});
/// Each line of the text on its own.
void logLines(Level level, std::string_view text);

}  // namespace pegasus::daemon
