// SPDX-License-Identifier: Apache-2.0
// Jobs: work that outlives a call.
#pragma once

#include <functional>
#include <string>

#include "base/async.hpp"

namespace pegasus::daemon {

inline constexpr std::size_t kMaxJobs = 32;  ///< ended ones that are still shown included

/// Loop thread only.
class JobBoard {
public:
    virtual ~JobBoard() = default;
    /// Runs `work` as a job and returns the path of its object. After Cancel the outcome of the work does not count;
    /// work that cannot be interrupted ends by itself. LimitExceeded beyond kMaxJobs.
    virtual Result<std::string> start(std::string kind, std::function<Task<void>()> work) = 0;
};

}  // namespace pegasus::daemon
