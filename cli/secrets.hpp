// SPDX-License-Identifier: Apache-2.0
// Passwords and seeds: from the terminal without echo, from a file, never from an argument; to the daemon through a pipe.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "cli/client.hpp"

namespace pegasus::cli {

/// Bytes of a wallet's password: the daemon's rules, said before they are broken.
inline constexpr std::size_t kMinPasswordLength = 8;
inline constexpr std::size_t kMaxPasswordLength = 1024;

/// The line end, LF or CR LF, of what was read from a file or typed is no part of it.
[[nodiscard]] SecretBytes withoutLineEnd(const SecretBytes& read);
/// The seed without blanks and line ends around it. InvalidArgument, telling nothing of it but what is wrong: blanks inside,
/// another length than 81, other characters than A-Z and 9.
[[nodiscard]] Result<SecretBytes> seedFrom(const SecretBytes& read);
/// InvalidArgument: it is too short or too long.
[[nodiscard]] Result<void> checkPassword(const SecretBytes& password);

/// InvalidArgument: both are read from standard input.
[[nodiscard]] Result<void> onlyOneFromInput(const std::string& one, const std::string& other);

/// A password that there is: from `file` ("-" is standard input), or asked for on the terminal with `prompt`.
[[nodiscard]] Result<SecretBytes> readPassword(const std::string& file, const std::string& prompt);
/// A password to be set. On a terminal its rules are said first, and it is asked for twice.
[[nodiscard]] Result<SecretBytes> readNewPassword(const std::string& file);
[[nodiscard]] Result<SecretBytes> readSeed(const std::string& file);

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
