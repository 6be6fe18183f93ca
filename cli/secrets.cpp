// SPDX-License-Identifier: Apache-2.0
// Secrets in and out.
#include "cli/secrets.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "bus/names.hpp"
#include "cli/prompt.hpp"

namespace pegasus::cli {
namespace {

constexpr std::size_t kSeedLength = 81;

/// All there is, at most kMaxSecretLength bytes.
Result<SecretBytes> readAll(int fd) {
    SecretBytes buffer(bus::kMaxSecretLength + 1);
    std::size_t size = 0;
    while (size < buffer.size()) {
        const auto got = ::read(fd, buffer.bytes().data() + size, buffer.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorCode::InvalidArgument, "cannot read the secret: {}", std::strerror(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size == buffer.size()) return fail(ErrorCode::InvalidArgument, "the secret is longer than {} bytes", bus::kMaxSecretLength);
    return SecretBytes(std::span<const std::uint8_t>(buffer.bytes().first(size)));
}

Result<SecretBytes> readFile(const std::string& file) {
    if (file == "-") return readAll(STDIN_FILENO);
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.get() < 0) return fail(ErrorCode::InvalidArgument, "cannot open {}: {}", file, std::strerror(errno));
    return readAll(opened.get());
}

/// On a terminal standard input would show what is typed: it is asked for as if no file were named.
bool isAsked(const std::string& file) { return file.empty() || (file == "-" && isatty(STDIN_FILENO) == 1); }

bool isBlank(std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool isTryte(std::uint8_t c) { return c == '9' || (c >= 'A' && c <= 'Z'); }

constexpr const char* kPasswordRules =
    "The password has {} to {} bytes, of any characters. Nobody can recover it: whoever forgets it needs the seed.\n";

}  // namespace

SecretBytes withoutLineEnd(const SecretBytes& read) {
    auto bytes = read.bytes();
    if (!bytes.empty() && bytes.back() == '\n') {
        bytes = bytes.first(bytes.size() - 1);
        if (!bytes.empty() && bytes.back() == '\r') bytes = bytes.first(bytes.size() - 1);
    }
    return SecretBytes(bytes);
}

Result<SecretBytes> seedFrom(const SecretBytes& read) {
    auto bytes = read.bytes();
    while (!bytes.empty() && isBlank(bytes.front())) bytes = bytes.subspan(1);
    while (!bytes.empty() && isBlank(bytes.back())) bytes = bytes.first(bytes.size() - 1);
    if (std::ranges::any_of(bytes, isBlank))
        return fail(ErrorCode::InvalidArgument, "the seed has blanks or line ends inside: give its {} trytes in one piece", kSeedLength);
    const auto wrong = std::ranges::find_if_not(bytes, isTryte);
    if (wrong != bytes.end())
        return fail(ErrorCode::InvalidArgument, "character {} of the seed is neither of A-Z (capitals) nor 9", wrong - bytes.begin() + 1);
    if (bytes.size() != kSeedLength)
        return fail(ErrorCode::InvalidArgument, "the seed has {} characters, expected {} trytes", bytes.size(), kSeedLength);
    return SecretBytes(bytes);
}

Result<void> checkPassword(const SecretBytes& password) {
    if (password.size() >= kMinPasswordLength && password.size() <= kMaxPasswordLength) return {};
    return fail(ErrorCode::InvalidArgument, "the password has {} bytes, expected {} to {}", password.size(), kMinPasswordLength,
                kMaxPasswordLength);
}

Result<void> onlyOneFromInput(const std::string& one, const std::string& other) {
    if (one != "-" || other != "-") return {};
    return fail(ErrorCode::InvalidArgument, "only one of the two can be standard input");
}

Result<SecretBytes> readPassword(const std::string& file, const std::string& prompt) {
    if (isAsked(file)) return askTerminal("", prompt);
    PEGASUS_TRY(const auto read, readFile(file));
    return withoutLineEnd(read);
}

Result<SecretBytes> readNewPassword(const std::string& file) {
    if (!isAsked(file)) {
        PEGASUS_TRY(auto password, readPassword(file, ""));
        PEGASUS_CHECK(checkPassword(password));
        return password;
    }
    const auto rules = fmt::format(fmt::runtime(kPasswordRules), kMinPasswordLength, kMaxPasswordLength);
    PEGASUS_TRY(auto first, askTerminal(rules, "New password for the wallet: "));
    PEGASUS_CHECK(checkPassword(first));
    PEGASUS_TRY(const auto second, askTerminal("", "Once more: "));
    if (!(first == second)) return fail(ErrorCode::InvalidArgument, "the passwords differ");
    return first;
}

Result<SecretBytes> readSeed(const std::string& file) {
    if (isAsked(file)) {
        PEGASUS_TRY(const auto typed, askTerminal("", "Seed (81 trytes): "));
        return seedFrom(typed);
    }
    PEGASUS_TRY(const auto read, readFile(file));
    return seedFrom(read);
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
    PEGASUS_TRY(const auto read, readAll(read_.get()));
    return withoutLineEnd(read);
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
