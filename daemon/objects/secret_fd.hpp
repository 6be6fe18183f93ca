// SPDX-License-Identifier: Apache-2.0
// Secrets by file descriptor: pipes and memory files only, bounded in size and time, and never blocking the loop.
#pragma once

#include <memory>

#include "base/async.hpp"
#include "base/scheduler.hpp"
#include "base/secret.hpp"

namespace pegasus::daemon {

/// A descriptor that is closed with its last copy.
class OwnedFd {
public:
    OwnedFd() = default;
    /// Takes the descriptor over.
    explicit OwnedFd(int fd) : fd_(fd) {}
    OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    OwnedFd& operator=(OwnedFd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~OwnedFd();
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_ = -1;
};

inline constexpr Duration kSecretTimeout = std::chrono::seconds(10);

/// Reads to the end; one newline at the end is dropped. InvalidArgument: another kind of file, empty, or more than
/// bus::kMaxSecretLength bytes. Timeout: the end does not come.
Task<SecretBytes> readSecret(Scheduler& scheduler, const Clock& clock, OwnedFd fd);

/// Writes the secret and a newline at once. InvalidArgument: another kind of file, or nobody reads. SIGPIPE is ignored in the
/// process (hardenProcess).
[[nodiscard]] Result<void> writeSecret(const OwnedFd& fd, const SecretBytes& secret);

}  // namespace pegasus::daemon
