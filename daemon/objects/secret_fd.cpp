// SPDX-License-Identifier: Apache-2.0
// No flag of the descriptor helps against blocking: O_NONBLOCK belongs to the open file, which the caller shares and may change
// between two calls of ours. So pipes are spliced, whose flag belongs to the call; and since even that can hang (a writer may stop
// inside the kernel and hold the pipe; the server of a file system need not answer), every call on a caller's descriptor is made
// on a side thread, closing included.
#include "daemon/objects/secret_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <utility>

#include "bus/names.hpp"

namespace pegasus::daemon {
namespace {

constexpr Duration kLookAgain = std::chrono::milliseconds(20);

enum class Kind : std::uint8_t { Pipe, Memory };

auto unusable() { return fail(ErrorCode::InvalidArgument, "the descriptor of the secret cannot be used: error {}", errno); }

/// Pipes, and files in memory: nothing that a file system of the caller could delay. Open for what `wanted` says.
Result<Kind> kindOf(int fd, int wanted) {
    struct stat info {};
    if (fstat(fd, &info) != 0) return unusable();
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return unusable();
    if ((flags & O_ACCMODE) != O_RDWR && (flags & O_ACCMODE) != wanted)
        return fail(ErrorCode::InvalidArgument, "the descriptor of the secret is not open for {}",
                    wanted == O_RDONLY ? "reading" : "writing");
    if (S_ISFIFO(info.st_mode)) return Kind::Pipe;
    if (S_ISREG(info.st_mode) && fcntl(fd, F_GET_SEALS) >= 0) return Kind::Memory;
    return fail(ErrorCode::InvalidArgument, "a secret needs a pipe or a memory file (memfd_create)");
}

/// A pipe of our own, which nobody else can stop.
struct OwnPipe {
    [[nodiscard]] static Result<OwnPipe> make() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return unusable();
        return OwnPipe{OwnedFd(ends[0]), OwnedFd(ends[1])};
    }
    OwnedFd out, in;
};

/// A caller's descriptor and what has been read from it. Used by one thread at a time.
class Source {
public:
    explicit Source(OwnedFd fd) : fd_(std::move(fd)) {}

    /// Reads what is there now. True: the end was reached. The descriptor is closed then, and after an error.
    Result<bool> look() {
        auto atEnd = lookOpen();
        if (!atEnd || *atEnd) fd_ = OwnedFd();
        return atEnd;
    }
    /// Without the end of the line.
    [[nodiscard]] Result<SecretBytes> take() {
        const auto bytes = buffer_.bytes();
        if (size_ > 0 && bytes[size_ - 1] == '\n') --size_;
        if (size_ > 0 && bytes[size_ - 1] == '\r' && bytes[size_] == '\n') --size_;
        if (size_ == 0) return fail(ErrorCode::InvalidArgument, "the secret is empty");
        return SecretBytes(std::span<const std::uint8_t>(bytes.first(size_)));
    }

private:
    Result<bool> lookOpen() {
        PEGASUS_TRY(const auto kind, kindOf(fd_.get(), O_RDONLY));
        if (kind == Kind::Pipe && between_.out.get() < 0) {
            PEGASUS_TRY(between_, OwnPipe::make());
        }
        while (size_ < kRoom) {
            const auto n = kind == Kind::Pipe ? readPipe() : pread(fd_.get(), to(), room(), static_cast<off_t>(size_));
            if (n == 0) return true;
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 && errno == EAGAIN) return false;
            if (n < 0) return fail(ErrorCode::InvalidArgument, "the secret cannot be read: error {}", errno);
            size_ += static_cast<std::size_t>(n);
        }
        return fail(ErrorCode::InvalidArgument, "the secret is longer than {} bytes", bus::kMaxSecretLength);
    }
    ssize_t readPipe() {
        const auto n = splice(fd_.get(), nullptr, between_.in.get(), nullptr, room(), SPLICE_F_NONBLOCK);
        if (n <= 0) return n;
        return read(between_.out.get(), to(), static_cast<std::size_t>(n));
    }
    [[nodiscard]] std::uint8_t* to() { return buffer_.bytes().data() + size_; }
    [[nodiscard]] std::size_t room() const { return kRoom - size_; }

    static constexpr std::size_t kRoom = bus::kMaxSecretLength + 1;
    OwnedFd fd_;
    OwnPipe between_;
    SecretBytes buffer_{kRoom};
    std::size_t size_ = 0;
};

Result<void> writeNow(const OwnedFd& fd, const SecretBytes& line) {
    const auto size = static_cast<ssize_t>(line.size());
    PEGASUS_TRY(const auto kind, kindOf(fd.get(), O_WRONLY));
    if (kind == Kind::Memory) {
        if (write(fd.get(), line.bytes().data(), line.size()) == size) return {};
        return fail(ErrorCode::InvalidArgument, "the secret cannot be written: error {}", errno);
    }
    PEGASUS_TRY(const auto between, OwnPipe::make());
    if (write(between.in.get(), line.bytes().data(), line.size()) != size) return unusable();
    // One buffer of the pipe, so it goes as a whole or not at all.
    if (splice(between.out.get(), nullptr, fd.get(), nullptr, line.size(), SPLICE_F_NONBLOCK) == size) return {};
    return fail(ErrorCode::InvalidArgument, "the secret cannot be written: nobody reads it");
}

}  // namespace

OwnedFd::~OwnedFd() {
    if (fd_ >= 0) close(fd_);
}

Task<SecretBytes> readSecret(SecretTools tools, OwnedFd fd) {
    auto source = std::make_shared<Source>(std::move(fd));
    Aside aside(tools.scheduler, tools.threads, kSecretTimeout);
    Error failure;
    for (;;) {
        std::function<Result<bool>()> look = [source] { return source->look(); };
        const auto atEnd = co_await aside.run(std::move(look));
        if (atEnd && *atEnd) co_return source->take();
        if (!atEnd) {
            failure = atEnd.error();
            break;
        }
        const auto slept = co_await tools.scheduler.sleep(kLookAgain);
        if (!slept) {
            failure = slept.error();
            break;
        }
    }
    // So that the descriptor is closed by a side thread: this one, or the one that hangs with it.
    (void)tools.threads->post([kept = std::move(source)] {});
    if (failure.code == ErrorCode::Timeout) failure.message = "the end of the secret did not come";
    co_return fail(std::move(failure));
}

Task<void> checkSecretOutput(SecretTools tools, const OwnedFd& fd) {
    auto copy = std::make_shared<OwnedFd>(fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
    Aside aside(tools.scheduler, tools.threads, kSecretTimeout);
    std::function<Result<bool>()> job = [copy]() -> Result<bool> {
        const auto kind = kindOf(copy->get(), O_WRONLY);
        *copy = OwnedFd();
        if (!kind) return fail(kind.error());
        return true;
    };
    copy.reset();
    PEGASUS_CO_CHECK(co_await aside.run(std::move(job)));
    co_return Result<void>();
}

Task<void> writeSecret(SecretTools tools, OwnedFd fd, SecretBytes secret) {
    struct Sink {
        OwnedFd fd;
        SecretBytes line;
    };
    SecretBytes line(secret.size() + 1);
    std::ranges::copy(secret.bytes(), line.bytes().begin());
    line.bytes()[secret.size()] = '\n';
    auto sink = std::make_shared<Sink>();
    sink->fd = std::move(fd);
    sink->line = std::move(line);
    Aside aside(tools.scheduler, tools.threads, kSecretTimeout);
    std::function<Result<bool>()> job = [sink]() -> Result<bool> {
        const auto written = writeNow(sink->fd, sink->line);
        sink->fd = OwnedFd();
        if (!written) return fail(written.error());
        return true;
    };
    sink.reset();
    PEGASUS_CO_CHECK(co_await aside.run(std::move(job)));
    co_return Result<void>();
}

}  // namespace pegasus::daemon
