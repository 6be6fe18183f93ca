// SPDX-License-Identifier: Apache-2.0
// A read after poll() could still block, since the caller can read from the same pipe, so the descriptor is made non-blocking for
// the time of its use. (Opening it again through /proc would need the caller's rights: a pipe belongs to its maker.)
#include "daemon/objects/secret_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

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

/// A caller's descriptor, non-blocking as long as this lives. The flag is shared with the caller, who gets it back as it was.
class NonBlocking {
public:
    [[nodiscard]] static Result<NonBlocking> make(const OwnedFd& fd) {
        if (!isHarmless(fd.get()))
            return fail(ErrorCode::InvalidArgument, "a secret needs a pipe or a memory file (memfd_create)");
        const int flags = fcntl(fd.get(), F_GETFL);
        OwnedFd own(fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
        if (flags < 0 || own.get() < 0 || fcntl(own.get(), F_SETFL, flags | O_NONBLOCK) != 0)
            return fail(ErrorCode::InvalidArgument, "the descriptor of the secret cannot be used: error {}", errno);
        return NonBlocking(std::move(own), flags);
    }
    ~NonBlocking() {
        if (fd_.get() >= 0) (void)fcntl(fd_.get(), F_SETFL, flags_);
    }
    NonBlocking(NonBlocking&&) = default;
    NonBlocking& operator=(NonBlocking&&) = delete;
    [[nodiscard]] int get() const { return fd_.get(); }
    /// A memory file is read from its start, wherever the caller has left it.
    [[nodiscard]] bool seekable() const { return lseek(fd_.get(), 0, SEEK_CUR) >= 0; }

private:
    NonBlocking(OwnedFd fd, int flags) : fd_(std::move(fd)), flags_(flags) {}
    OwnedFd fd_;
    int flags_;
};

/// What is there now. True: the end was reached.
Result<bool> readSome(const NonBlocking& fd, SecretBytes& buffer, std::size_t& size) {
    const bool seekable = fd.seekable();
    while (size < buffer.size()) {
        auto* to = buffer.bytes().data() + size;
        const auto room = buffer.size() - size;
        const auto n = seekable ? pread(fd.get(), to, room, static_cast<off_t>(size)) : read(fd.get(), to, room);
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
    PEGASUS_CO_TRY(const auto input, NonBlocking::make(fd));
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
    PEGASUS_TRY(const auto output, NonBlocking::make(fd));
    SecretBytes line(secret.size() + 1);
    std::ranges::copy(secret.bytes(), line.bytes().begin());
    line.bytes()[secret.size()] = '\n';
    const auto n = write(output.get(), line.bytes().data(), line.size());
    if (n != static_cast<ssize_t>(line.size()))
        return fail(ErrorCode::InvalidArgument, "the secret cannot be written: nobody reads it");
    return {};
}

}  // namespace pegasus::daemon
