// SPDX-License-Identifier: Apache-2.0
// Descriptors of callers are opened again through /proc: O_NONBLOCK must not show at the caller's end, and a read after poll()
// could still block, since the caller can read from the same pipe.
#include "daemon/objects/secret_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "bus/names.hpp"

namespace pegasus::daemon {
namespace {

constexpr Duration kLookAgain = std::chrono::milliseconds(20);

/// Pipes, and files in memory: nothing that a file system of the caller could delay.
bool isHarmless(int fd) {
    struct stat info {};
    if (fstat(fd, &info) != 0) return false;
    if (S_ISFIFO(info.st_mode)) return true;
    return S_ISREG(info.st_mode) && fcntl(fd, F_GET_SEALS) >= 0;
}

Result<OwnedFd> reopen(const OwnedFd& fd, int flags) {
    if (!isHarmless(fd.get()))
        return fail(ErrorCode::InvalidArgument, "a secret needs a pipe or a memory file (memfd_create)");
    const auto path = "/proc/self/fd/" + std::to_string(fd.get());
    OwnedFd again(open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (again.get() < 0)
        return fail(ErrorCode::InvalidArgument, "the descriptor of the secret cannot be used: error {}", errno);
    return again;
}

/// What is there now. True: the end was reached.
Result<bool> readSome(const OwnedFd& fd, SecretBytes& buffer, std::size_t& size) {
    while (size < buffer.size()) {
        const auto n = read(fd.get(), buffer.bytes().data() + size, buffer.size() - size);
        if (n == 0) return true;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return false;
        if (n < 0) return fail(ErrorCode::InvalidArgument, "the secret cannot be read: error {}", errno);
        size += static_cast<std::size_t>(n);
    }
    return fail(ErrorCode::InvalidArgument, "the secret is longer than {} bytes", bus::kMaxSecretLength);
}

}  // namespace

OwnedFd::~OwnedFd() {
    if (fd_ >= 0) close(fd_);
}

Task<SecretBytes> readSecret(Scheduler& scheduler, const Clock& clock, OwnedFd fd) {
    PEGASUS_CO_TRY(const auto input, reopen(fd, O_RDONLY));
    fd = OwnedFd();
    SecretBytes buffer(bus::kMaxSecretLength + 1);
    std::size_t size = 0;
    const auto deadline = clock.steady() + kSecretTimeout;
    for (;;) {
        PEGASUS_CO_TRY(const bool atEnd, readSome(input, buffer, size));
        if (atEnd) break;
        if (clock.steady() >= deadline) co_return fail(ErrorCode::Timeout, "the end of the secret did not come");
        PEGASUS_CO_CHECK(co_await scheduler.sleep(kLookAgain));
    }
    if (size > 0 && buffer.bytes()[size - 1] == '\n') --size;
    if (size == 0) co_return fail(ErrorCode::InvalidArgument, "the secret is empty");
    co_return SecretBytes(std::span<const std::uint8_t>(buffer.bytes().first(size)));
}

Result<void> writeSecret(const OwnedFd& fd, const SecretBytes& secret) {
    PEGASUS_TRY(const auto output, reopen(fd, O_WRONLY));
    SecretBytes line(secret.size() + 1);
    std::ranges::copy(secret.bytes(), line.bytes().begin());
    line.bytes()[secret.size()] = '\n';
    const auto n = write(output.get(), line.bytes().data(), line.size());
    if (n != static_cast<ssize_t>(line.size()))
        return fail(ErrorCode::InvalidArgument, "the secret cannot be written: nobody reads it");
    return {};
}

}  // namespace pegasus::daemon
