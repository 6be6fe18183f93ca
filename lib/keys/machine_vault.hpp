// SPDX-License-Identifier: Apache-2.0
// The machine key: seals what the daemon must read without a person (seeds of streams, keys of orders).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/scheduler.hpp"
#include "base/secret.hpp"

namespace pegasus::keys {

inline constexpr std::size_t kMachineKeyBytes = 32;

/// Seals byte strings under a 32-byte key of this machine. Each context has a key of its own (HKDF-SHA256), and the
/// context is authenticated (AES-256-GCM), so what was sealed for one purpose does not open for another. Any thread, if
/// `random` allows it. Does synchronous file access in the factories only.
class MachineVault {
public:
    /// Reads the key from `file`, or creates it there (mode 0600; file and folder are synced before this returns).
    /// Corrupt: another length. AccessDenied: readable by others than its owner. NoSpace: cannot be written.
    [[nodiscard]] static Result<MachineVault> open(const std::filesystem::path& file, Random& random);
    /// Reads the key from a systemd credential (`$CREDENTIALS_DIRECTORY/name`), which must exist with exactly 32 bytes.
    [[nodiscard]] static Result<MachineVault> fromCredential(const std::filesystem::path& file, Random& random);

    /// `context` names the purpose and the row: "stream seed garden". Version byte, nonce, ciphertext, tag.
    [[nodiscard]] Result<std::vector<std::uint8_t>> seal(std::string_view context,
                                                         std::span<const std::uint8_t> plain) const;
    /// Corrupt: not sealed by this machine for this context, or changed since.
    [[nodiscard]] Result<SecretBytes> unseal(std::string_view context, std::span<const std::uint8_t> sealed) const;

private:
    MachineVault(SecretBytes key, Random& random) : key_(std::move(key)), random_(&random) {}
    [[nodiscard]] Result<SecretBytes> keyFor(std::string_view context) const;

    SecretBytes key_;
    Random* random_;
};

}  // namespace pegasus::keys
