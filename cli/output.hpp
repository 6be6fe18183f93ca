// SPDX-License-Identifier: Apache-2.0
// Standard output whose failures are kept: a full disk or a closed pipe is told at the end, as a status.
#pragma once

#include <string_view>

namespace pegasus::cli {

class Output {
public:
    explicit Output(int fd = 1) : fd_(fd) {}
    /// All of it, at once. False once anything could not be written: then nothing more is.
    bool write(std::string_view text);
    /// errno of what could not be written; 0: all was.
    [[nodiscard]] int failure() const { return failure_; }

private:
    int fd_;
    int failure_ = 0;
};

/// Puts /dev/null where standard descriptors are closed, so that no socket gets their numbers. What is written there fails.
void holdStandardDescriptors();

}  // namespace pegasus::cli
