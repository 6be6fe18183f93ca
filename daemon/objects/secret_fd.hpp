// SPDX-License-Identifier: Apache-2.0
// Secrets by file descriptor: pipes and memory files only, bounded in size and time, and never blocking the loop.
#pragma once

#include <memory>

#include "base/async.hpp"
#include "base/scheduler.hpp"
#include "base/secret.hpp"
#include "daemon/objects/side_threads.hpp"

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

/// For all calls on one descriptor together.
inline constexpr Duration kSecretTimeout = std::chrono::seconds(10);

/// What a caller's descriptor is used with. Copied into calls in hand.
struct SecretTools {
    Scheduler& scheduler;
    std::shared_ptr<SideThreads> threads;
};

/// Reads to the end; one line end there (LF, or CR LF) is dropped. InvalidArgument: another kind of file, empty, or more than
/// bus::kMaxSecretLength bytes. Timeout: the end does not come, or the descriptor hangs. LimitExceeded: too many hang.
Task<SecretBytes> readSecret(SecretTools tools, OwnedFd fd);

/// Whether writeSecret() could write there. Errors as of it.
Task<void> checkSecretOutput(SecretTools tools, const OwnedFd& fd);

/// Writes the secret and a newline at once. InvalidArgument: another kind of file, or nobody reads. Timeout, LimitExceeded as
/// above. SIGPIPE is ignored in the process (hardenProcess).
Task<void> writeSecret(SecretTools tools, OwnedFd fd, SecretBytes secret);

}  // namespace pegasus::daemon
