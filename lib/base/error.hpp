// SPDX-License-Identifier: Apache-2.0
// The one table of failures: code, D-Bus error name, exit status of the command line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pegasus {

/// What kind of thing went wrong. The text of an Error says what was got and what was expected.
enum class ErrorCode : std::uint8_t {
    InvalidArgument,    ///< malformed or out-of-range input
    NotFound,           ///< the named thing does not exist (or not any more)
    AlreadyExists,      ///< it exists and may not be replaced
    InvalidState,       ///< a right request at the wrong time
    Locked,             ///< the wallet is locked
    AuthenticationFailed,  ///< wrong password
    AccessDenied,       ///< the caller may not do this
    InsufficientFunds,  ///< not enough confirmed iotas
    AddressSpent,       ///< the address has signed already: funds sent there are at risk
    LimitExceeded,      ///< a bound on size, number or rate was hit
    Unreachable,        ///< no ledger node, or no answer from it
    NotSynchronised,    ///< the node answers but does not know the present state
    Timeout,            ///< it took longer than allowed
    Cancelled,          ///< stopped on request
    Conflict,           ///< the ledger decided for another bundle
    Corrupt,            ///< stored or received data contradict themselves
    NotSupported,       ///< the other side or this build cannot do it
    Refused,            ///< the ledger will never take it, whoever asks and whenever
    NoSpace,            ///< the disk is full or the file cannot be written
    Config,             ///< the configuration is wrong
    Internal,           ///< a bug or a failure of the system
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;

    bool operator==(const Error&) const = default;
};

/// One row of the table. `name` is also the last part of the D-Bus error name.
struct ErrorInfo {
    ErrorCode code;
    std::string_view name;
    int exitStatus;  ///< of pegasusctl
};

/// The row of `code`; every code has one.
[[nodiscard]] const ErrorInfo& errorInfo(ErrorCode code);
/// The code of a row name, as it came back over D-Bus; Internal for unknown names.
[[nodiscard]] ErrorCode errorCodeFromName(std::string_view name);

}  // namespace pegasus
