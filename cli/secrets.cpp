// SPDX-License-Identifier: Apache-2.0
// Secrets in and out.
#include "cli/secrets.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "bus/names.hpp"

namespace pegasus::cli {
namespace {

/// Switches the echo of the terminal off while it lives.
class NoEcho {
public:
    explicit NoEcho(int fd) : fd_(fd) {
        if (tcgetattr(fd_, &before_) != 0) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        active_ = tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
    }
    ~NoEcho() {
        if (active_) (void)tcsetattr(fd_, TCSAFLUSH, &before_);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    int fd_;
    termios before_{};
    bool active_ = false;
};

/// Up to a newline (if `line`) or to the end, at most kMaxSecretLength bytes.
Result<SecretBytes> readBounded(int fd, bool line) {
    SecretBytes buffer(bus::kMaxSecretLength + 1);
    std::size_t size = 0;
    while (size < buffer.size()) {
        const auto got = ::read(fd, buffer.bytes().data() + size, line ? 1 : buffer.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorCode::InvalidArgument, "cannot read the secret: {}", std::strerror(errno));
        if (got == 0 || (line && buffer.bytes()[size] == '\n')) break;
        size += static_cast<std::size_t>(got);
    }
    if (size == buffer.size()) return fail(ErrorCode::InvalidArgument, "the secret is longer than {} bytes", bus::kMaxSecretLength);
    if (size > 0 && buffer.bytes()[size - 1] == '\n') --size;
    return SecretBytes(std::span<const std::uint8_t>(buffer.bytes().first(size)));
}

Result<SecretBytes> askTerminal(const std::string& prompt) {
    const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
    if (terminal.get() < 0)
        return fail(ErrorCode::InvalidArgument, "there is no terminal to ask for it: use --password-file FILE, or - for standard input");
    const NoEcho quiet(terminal.get());
    (void)!::write(terminal.get(), prompt.data(), prompt.size());
    auto secret = readBounded(terminal.get(), true);
    (void)!::write(terminal.get(), "\n", 1);
    return secret;
}

}  // namespace

Result<SecretBytes> readSecret(const std::string& file, const std::string& prompt) {
    if (file.empty()) return askTerminal(prompt);
    if (file == "-") return readBounded(STDIN_FILENO, false);
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.get() < 0) return fail(ErrorCode::InvalidArgument, "cannot open {}: {}", file, std::strerror(errno));
    return readBounded(opened.get(), false);
}

Result<SecretBytes> readNewPassword(const std::string& file) {
    PEGASUS_TRY(auto first, readSecret(file, "New password for the wallet: "));
    if (!file.empty()) return first;
    PEGASUS_TRY(const auto second, askTerminal("Once more: "));
    if (!(first == second)) return fail(ErrorCode::InvalidArgument, "the passwords differ");
    return first;
}

Result<Descriptor> secretPipe(const SecretBytes& secret) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail(ErrorCode::Internal, "pipe: {}", std::strerror(errno));
    Descriptor read(ends[0]);
    const Descriptor write(ends[1]);
    // At most kMaxSecretLength bytes: a pipe takes them at once.
    if (::write(write.get(), secret.bytes().data(), secret.size()) != static_cast<ssize_t>(secret.size()))
        return fail(ErrorCode::Internal, "pipe: {}", std::strerror(errno));
    return read;
}

Result<SecretReply> SecretReply::open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail(ErrorCode::Internal, "pipe: {}", std::strerror(errno));
    return SecretReply(Descriptor(ends[0]), Descriptor(ends[1]));
}

Result<SecretBytes> SecretReply::collect() {
    write_ = Descriptor();
    pollfd waiting{.fd = read_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 10'000) <= 0) return fail(ErrorCode::Timeout, "the daemon sent no seed");
    return readBounded(read_.get(), false);
}

Result<void> keepSeed(const SecretBytes& seed, const std::string& file) {
    if (file.empty() && isatty(STDOUT_FILENO) == 0)
        return fail(ErrorCode::InvalidState, "the seed is shown on a terminal only: use --seed-file FILE");
    const bool terminal = file.empty();
    const Descriptor out(terminal ? dup(STDOUT_FILENO) : ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (out.get() < 0) return fail(ErrorCode::NoSpace, "cannot create {}: {}", file, std::strerror(errno));
    const auto bytes = seed.bytes();
    if (::write(out.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) || ::write(out.get(), "\n", 1) != 1 ||
        (!terminal && fsync(out.get()) != 0))
        return fail(ErrorCode::NoSpace, "cannot write the seed: {}", std::strerror(errno));
    return {};
}

}  // namespace pegasus::cli
