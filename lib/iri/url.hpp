// SPDX-License-Identifier: Apache-2.0
// The URL of a node.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pegasus::iri {

struct Url {
    bool tls = false;
    std::string host;  ///< a name or an address, IPv6 without brackets
    std::uint16_t port = 0;
    std::string path = "/";
    std::string authorization{};  ///< value of that header field, a secret; empty without a user

    bool operator==(const Url&) const = default;
    /// As it goes into the Host field: IPv6 in brackets, the port unless it is the scheme's. Neither this nor text() has
    /// the user or the password.
    [[nodiscard]] std::string authority() const;
    [[nodiscard]] std::string text() const;
};

/// http://host[:port][/path] or https://[user:password@]host[:port][/path]; ports default to 80 and 443. InvalidArgument
/// for anything else: other schemes, a password over http, a query or fragment, bad characters. It does not repeat the text.
[[nodiscard]] Result<Url> parseUrl(std::string_view text);

}  // namespace pegasus::iri
