// SPDX-License-Identifier: Apache-2.0
// The terminal, and the signals that may come while it is asked.
#include "cli/prompt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "bus/names.hpp"
#include "cli/client.hpp"

namespace pegasus::cli {
namespace {

/// What ends or stops the process, and what comes when it goes on after a SIGSTOP: the shell may have set the terminal anew.
constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGPIPE, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT};

volatile sig_atomic_t caught = 0;

void note(int signal) { caught = signal; }

/// While it lives these signals are noted, and come only inside waitReadable().
class Signals {
public:
    Signals() {
        caught = 0;
        sigset_t block;
        sigemptyset(&block);
        struct sigaction action {};
        action.sa_handler = note;
        sigemptyset(&action.sa_mask);
        for (std::size_t i = 0; i < kSignals.size(); ++i) {
            sigaddset(&block, kSignals[i]);
            (void)sigaction(kSignals[i], nullptr, &before_[i]);
            // What the parent had us ignore (nohup) stays ignored.
            if (before_[i].sa_handler != SIG_IGN) (void)sigaction(kSignals[i], &action, nullptr);
        }
        (void)sigprocmask(SIG_BLOCK, &block, &mask_);
    }
    ~Signals() {
        // While ours are set: one that is pending is noted, to be raised by the caller.
        (void)sigprocmask(SIG_SETMASK, &mask_, nullptr);
        for (std::size_t i = 0; i < kSignals.size(); ++i) (void)sigaction(kSignals[i], &before_[i], nullptr);
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// False when a signal came.
    [[nodiscard]] bool waitReadable(int fd) const {
        pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
        while (caught == 0) {
            const int ready = ppoll(&waiting, 1, nullptr, &mask_);
            if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // an error is that of read()
        }
        return false;
    }

private:
    std::array<struct sigaction, kSignals.size()> before_{};
    sigset_t mask_{};
};

/// Switches the echo of the terminal off while it lives.
class NoEcho {
public:
    explicit NoEcho(int fd) : fd_(fd) {
        if (tcgetattr(fd_, &before_) != 0) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
        active_ = tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
    }
    ~NoEcho() {
        // From the background too: SIGTTOU is held back meanwhile.
        if (active_) (void)tcsetattr(fd_, TCSAFLUSH, &before_);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    int fd_;
    termios before_{};
    bool active_ = false;
};

/// One line; nothing when a signal came.
Result<std::optional<SecretBytes>> readLine(int fd, const Signals& signals) {
    SecretBytes buffer(bus::kMaxSecretLength + 1);
    std::size_t size = 0;
    bool ended = false;
    while (!ended) {
        if (!signals.waitReadable(fd)) return std::optional<SecretBytes>();
        std::uint8_t byte = 0;
        const auto got = ::read(fd, &byte, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorCode::InvalidArgument, "cannot read the secret: {}", std::strerror(errno));
        if (got == 0 && size == 0) return fail(ErrorCode::Cancelled, "nothing was typed");
        ended = got == 0 || byte == '\n';
        // The rest of a line that is too long is read too, so that nothing of it reaches the shell.
        if (!ended && size < buffer.size()) buffer.bytes()[size++] = byte;
        wipe(&byte, 1);
    }
    if (size == buffer.size()) return fail(ErrorCode::InvalidArgument, "the secret is longer than {} bytes", bus::kMaxSecretLength);
    if (size > 0 && buffer.bytes()[size - 1] == '\r') --size;
    return std::optional(SecretBytes(std::span<const std::uint8_t>(buffer.bytes().first(size))));
}

bool inBackground(int terminal) {
    const auto group = tcgetpgrp(terminal);
    return group >= 0 && group != getpgrp();
}

Result<std::optional<SecretBytes>> askOnce(int terminal, const std::string& text) {
    const Signals signals;
    const NoEcho quiet(terminal);
    (void)!::write(terminal, text.data(), text.size());
    auto line = readLine(terminal, signals);
    (void)!::write(terminal, "\n", 1);
    return line;
}

}  // namespace

Result<SecretBytes> askTerminal(const std::string& before, const std::string& prompt) {
    const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
    if (terminal.get() < 0)
        return fail(ErrorCode::InvalidArgument, "there is no terminal to ask for it: use --password-file FILE, or - for standard input");
    auto text = before + prompt;
    for (;;) {
        if (inBackground(terminal.get())) (void)::raise(SIGTTIN);  // stops, until it is brought to the front
        if (inBackground(terminal.get())) return fail(ErrorCode::InvalidState, "the terminal belongs to another program");
        auto line = askOnce(terminal.get(), text);
        // Everything is as it was: now the signal does what it would have done, and a stopped process asks again.
        if (const int signal = caught; signal != 0) (void)::raise(signal);
        if (!line) return fail(std::move(line).error());
        if (*line) return std::move(**line);
        text = prompt;
    }
}

}  // namespace pegasus::cli
