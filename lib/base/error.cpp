// SPDX-License-Identifier: Apache-2.0
// The error table.
#include "base/error.hpp"

#include <algorithm>
#include <array>

namespace pegasus {
namespace {

constexpr std::array kTable{
    ErrorInfo{ErrorCode::InvalidArgument, "InvalidArgument", 64},
    ErrorInfo{ErrorCode::NotFound, "NotFound", 10},
    ErrorInfo{ErrorCode::AlreadyExists, "AlreadyExists", 11},
    ErrorInfo{ErrorCode::InvalidState, "InvalidState", 12},
    ErrorInfo{ErrorCode::Locked, "Locked", 13},
    ErrorInfo{ErrorCode::AuthenticationFailed, "AuthenticationFailed", 14},
    ErrorInfo{ErrorCode::AccessDenied, "AccessDenied", 4},
    ErrorInfo{ErrorCode::InsufficientFunds, "InsufficientFunds", 5},
    ErrorInfo{ErrorCode::AddressSpent, "AddressSpent", 15},
    ErrorInfo{ErrorCode::LimitExceeded, "LimitExceeded", 16},
    ErrorInfo{ErrorCode::Unreachable, "Unreachable", 17},
    ErrorInfo{ErrorCode::NotSynchronised, "NotSynchronised", 18},
    ErrorInfo{ErrorCode::Timeout, "Timeout", 19},
    ErrorInfo{ErrorCode::Cancelled, "Cancelled", 20},
    ErrorInfo{ErrorCode::Conflict, "Conflict", 21},
    ErrorInfo{ErrorCode::Corrupt, "Corrupt", 22},
    ErrorInfo{ErrorCode::NotSupported, "NotSupported", 23},
    ErrorInfo{ErrorCode::Refused, "Refused", 25},
    ErrorInfo{ErrorCode::NoSpace, "NoSpace", 24},
    ErrorInfo{ErrorCode::Config, "Config", 78},
    ErrorInfo{ErrorCode::Internal, "Internal", 1},
};

}  // namespace

const ErrorInfo& errorInfo(ErrorCode code) {
    const auto* row = std::ranges::find(kTable, code, &ErrorInfo::code);
    return row != kTable.end() ? *row : kTable.back();
}

ErrorCode errorCodeFromName(std::string_view name) {
    const auto* row = std::ranges::find(kTable, name, &ErrorInfo::name);
    return row != kTable.end() ? row->code : ErrorCode::Internal;
}

}  // namespace pegasus
