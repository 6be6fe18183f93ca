// SPDX-License-Identifier: Apache-2.0
// MachineVault: the key file, and sealing. Sealed: version 1 (1 byte) | nonce (12) | ciphertext | tag (16).
#include "keys/machine_vault.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "crypto/aead.hpp"
#include "crypto/kdf.hpp"

namespace pegasus::keys {
namespace {

constexpr std::uint8_t kVersion = 1;

class FileDescriptor {
public:
    explicit FileDescriptor(int fd) : fd_(fd) {}
    ~FileDescriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool valid() const { return fd_ >= 0; }

private:
    int fd_;
};

Unexpected<Error> systemError(ErrorCode code, std::string_view action, const std::filesystem::path& file) {
    return fail(code, "cannot {} {}: {}", action, file.string(), std::strerror(errno));
}

std::span<const std::uint8_t> bytesOf(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Result<SecretBytes> readKey(const std::filesystem::path& file, bool ownerOnly) {
    const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return systemError(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::AccessDenied, "open", file);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return systemError(ErrorCode::Internal, "examine", file);
    if (ownerOnly && (info.st_mode & 077U) != 0)
        return fail(ErrorCode::AccessDenied, "{} has mode {:04o}, expected 0600: others can use the machine key",
                    file.string(), info.st_mode & 07777U);
    SecretBytes key(kMachineKeyBytes + 1);
    std::size_t size = 0;
    while (size < key.size()) {
        const auto got = ::read(fd.get(), key.bytes().data() + size, key.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return systemError(ErrorCode::Internal, "read", file);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size != kMachineKeyBytes)
        return fail(ErrorCode::Corrupt, "{} has {}{} bytes, expected a machine key of {}", file.string(),
                    size > kMachineKeyBytes ? "at least " : "", size, kMachineKeyBytes);
    return SecretBytes(std::as_const(key).bytes().first(kMachineKeyBytes));
}

Result<void> writeAll(int fd, std::span<const std::uint8_t> bytes, const std::filesystem::path& file) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return systemError(ErrorCode::NoSpace, "write", file);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

/// Complete and on the disk, or not there: written beside, synced, then linked to its name, which must be free.
Result<void> createKey(const std::filesystem::path& file, const SecretBytes& key) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const auto beside = std::filesystem::path(file.string() + ".new");
    ::unlink(beside.c_str());  // of a start that was cut off
    {
        const FileDescriptor fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!fd.valid()) return systemError(ErrorCode::NoSpace, "create", beside);
        PEGASUS_CHECK(writeAll(fd.get(), key.bytes(), beside));
        if (::fsync(fd.get()) != 0) return systemError(ErrorCode::NoSpace, "sync", beside);
    }
    if (::link(beside.c_str(), file.c_str()) != 0) return systemError(ErrorCode::NoSpace, "create", file);
    ::unlink(beside.c_str());
    const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid() || ::fsync(directory.get()) != 0) return systemError(ErrorCode::NoSpace, "sync", folder);
    return {};
}

}  // namespace

Result<MachineVault> MachineVault::open(const std::filesystem::path& file, Random& random) {
    auto key = readKey(file, true);
    if (key) return MachineVault(std::move(*key), random);
    if (key.error().code != ErrorCode::NotFound) return fail(key.error());
    SecretBytes fresh(kMachineKeyBytes);
    random.fill(fresh.bytes());
    PEGASUS_CHECK(createKey(file, fresh));
    return MachineVault(std::move(fresh), random);
}

Result<MachineVault> MachineVault::fromCredential(const std::filesystem::path& file, Random& random) {
    PEGASUS_TRY(auto key, readKey(file, false));
    return MachineVault(std::move(key), random);
}

Result<SecretBytes> MachineVault::keyFor(std::string_view context) const {
    return crypto::hkdfSha256(key_.bytes(), {}, "pegasus machine vault 1 " + std::string(context));
}

Result<std::vector<std::uint8_t>> MachineVault::seal(std::string_view context,
                                                     std::span<const std::uint8_t> plain) const {
    PEGASUS_TRY(const SecretBytes key, keyFor(context));
    PEGASUS_TRY(const auto sealed, crypto::seal(key, plain, bytesOf(context), *random_));
    std::vector<std::uint8_t> out{kVersion};
    out.insert(out.end(), sealed.begin(), sealed.end());
    return out;
}

Result<SecretBytes> MachineVault::unseal(std::string_view context, std::span<const std::uint8_t> sealed) const {
    if (sealed.empty() || sealed[0] != kVersion)
        return fail(ErrorCode::Corrupt, "the sealed {} has an unknown form", context);
    PEGASUS_TRY(const SecretBytes key, keyFor(context));
    auto plain = crypto::open(key, sealed.subspan(1), bytesOf(context));
    if (!plain)
        return fail(ErrorCode::Corrupt, "the sealed {} was changed, or sealed under another machine key", context);
    return plain;
}

}  // namespace pegasus::keys
