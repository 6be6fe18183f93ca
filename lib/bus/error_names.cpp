// SPDX-License-Identifier: Apache-2.0
// Names of errors.
#include "bus/error_names.hpp"

#include <algorithm>
#include <array>

#include "bus/names.hpp"

namespace pegasus::bus {
namespace {

struct Row {
    std::string_view name;
    ErrorCode code;
};

// Written in the first half, read in both.
constexpr std::array kStandard{
    Row{"org.freedesktop.DBus.Error.InvalidArgs", ErrorCode::InvalidArgument},
    Row{"org.freedesktop.DBus.Error.AccessDenied", ErrorCode::AccessDenied},
    Row{"org.freedesktop.DBus.Error.NotSupported", ErrorCode::NotSupported},
    Row{"org.freedesktop.DBus.Error.LimitsExceeded", ErrorCode::LimitExceeded},
};
constexpr std::array kReadOnly{
    Row{"org.freedesktop.DBus.Error.ServiceUnknown", ErrorCode::Unreachable},
    Row{"org.freedesktop.DBus.Error.NameHasNoOwner", ErrorCode::Unreachable},
    Row{"org.freedesktop.DBus.Error.NoServer", ErrorCode::Unreachable},
    Row{"org.freedesktop.DBus.Error.Disconnected", ErrorCode::Unreachable},
    Row{"org.freedesktop.DBus.Error.FileNotFound", ErrorCode::Unreachable},
    Row{"org.freedesktop.DBus.Error.SpawnServiceNotFound", ErrorCode::Unreachable},
    Row{"org.freedesktop.systemd1.NoSuchUnit", ErrorCode::Unreachable},
    Row{"org.freedesktop.DBus.Error.NoReply", ErrorCode::Timeout},
    Row{"org.freedesktop.DBus.Error.Timeout", ErrorCode::Timeout},
    Row{"org.freedesktop.DBus.Error.TimedOut", ErrorCode::Timeout},
    Row{"System.Error.ETIMEDOUT", ErrorCode::Timeout},
    Row{"System.Error.ECONNREFUSED", ErrorCode::Unreachable},
    Row{"System.Error.ECONNRESET", ErrorCode::Unreachable},
    Row{"System.Error.ENOENT", ErrorCode::Unreachable},
    Row{"System.Error.ENOMEDIUM", ErrorCode::Unreachable},
    Row{"System.Error.ENOTCONN", ErrorCode::Unreachable},
    Row{"System.Error.EHOSTUNREACH", ErrorCode::Unreachable},
    Row{"org.freedesktop.DBus.Error.UnknownObject", ErrorCode::NotFound},
    Row{"org.freedesktop.DBus.Error.UnknownMethod", ErrorCode::NotSupported},
    Row{"org.freedesktop.DBus.Error.UnknownInterface", ErrorCode::NotSupported},
    Row{"org.freedesktop.DBus.Error.UnknownProperty", ErrorCode::NotSupported},
    Row{"org.freedesktop.DBus.Error.InvalidSignature", ErrorCode::InvalidArgument},
};

}  // namespace

std::string nameOnBus(ErrorCode code) {
    const auto* row = std::ranges::find(kStandard, code, &Row::code);
    if (row != kStandard.end()) return std::string(row->name);
    return kErrorPrefix + std::string(errorInfo(code).name);
}

ErrorCode codeOnBus(std::string_view name) {
    const std::string_view prefix = kErrorPrefix;
    if (name.starts_with(prefix)) return errorCodeFromName(name.substr(prefix.size()));
    for (const auto& row : kStandard)
        if (row.name == name) return row.code;
    for (const auto& row : kReadOnly)
        if (row.name == name) return row.code;
    return ErrorCode::Internal;
}

}  // namespace pegasus::bus
