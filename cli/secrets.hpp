// SPDX-License-Identifier: Apache-2.0
// Passwords and seeds: from the terminal without echo, from a file, never from an argument; to the daemon through a pipe.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "cli/client.hpp"

namespace pegasus::cli {

/// From `file` ("-" is standard input), or asked for on the terminal with `prompt`; one newline at the end is dropped.
[[nodiscard]] Result<SecretBytes> readSecret(const std::string& file, const std::string& prompt);
/// Asked for twice on a terminal.
[[nodiscard]] Result<SecretBytes> readNewPassword(const std::string& file);

/// The reading end of a pipe that holds the secret.
[[nodiscard]] Result<Descriptor> secretPipe(const SecretBytes& secret);

/// A pipe for a secret that comes back. Give writeEnd() to the call, then collect().
class SecretReply {
public:
    [[nodiscard]] static Result<SecretReply> open();
    [[nodiscard]] int writeEnd() const { return write_.get(); }
    /// Closes our writing end and reads what the daemon wrote.
    [[nodiscard]] Result<SecretBytes> collect();

private:
    SecretReply(Descriptor read, Descriptor write) : read_(std::move(read)), write_(std::move(write)) {}
    Descriptor read_;
    Descriptor write_;
};

/// Writes a seed to a new file (0600), or to the terminal. InvalidState: no file was named and this is no terminal.
[[nodiscard]] Result<void> keepSeed(const SecretBytes& seed, const std::string& file);

}  // namespace pegasus::cli
