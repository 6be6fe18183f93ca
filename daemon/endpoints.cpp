// SPDX-License-Identifier: Apache-2.0
// Addresses in the configuration.
#include "daemon/endpoints.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "iri/url.hpp"

namespace pegasus::daemon {
namespace {

/// In its one form, so that equal addresses are equal texts; empty for what is none.
std::string canonical(int family, const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::array<char, INET6_ADDRSTRLEN> out{};
    if (inet_pton(family, text.c_str(), bytes.data()) != 1) return {};
    return inet_ntop(family, bytes.data(), out.data(), out.size());
}

bool isAny(const std::string& address) { return address == "0.0.0.0" || address == "::"; }
bool isLoopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

}  // namespace

Result<iri::BindAddress> parseBind(const std::string& text) {
    const auto refused = [&](std::string_view why) {
        return fail(ErrorCode::InvalidArgument, "'{}' {}, expected an address and a port like 127.0.0.1:14265 or [::]:14265", text, why);
    };
    const auto colon = text.rfind(':');
    const bool bracketed = text.starts_with('[');
    if (colon == std::string::npos || (bracketed && text[colon - 1] != ']')) return refused("has no port");
    auto host = text.substr(0, colon);
    if (host.empty()) return refused("has no address");
    if (host.find('%') != std::string::npos) return refused("has a zone, which is not supported");
    if (bracketed) host = host.substr(1, host.size() - 2);
    iri::BindAddress bind{.address = canonical(bracketed ? AF_INET6 : AF_INET, host), .port = 0};
    if (bind.address.empty()) return refused(host.find(':') == std::string::npos || bracketed ? "is a name" : "has no brackets");
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, bind.port);
    if (error != std::errc() || stop != end) return refused("has a bad port");
    return bind;
}

Result<void> checkNode(const std::string& url) {
    PEGASUS_TRY(const auto parsed, iri::parseUrl(url));
    (void)parsed;
    return {};
}

bool isServedHere(const std::string& url, const std::vector<iri::BindAddress>& binds) {
    const auto node = iri::parseUrl(url);
    if (!node) return false;
    const auto six = canonical(AF_INET6, node->host);
    const auto host = six.empty() ? node->host : six;
    return std::ranges::any_of(binds, [&](const iri::BindAddress& bind) {
        const bool named = host == bind.address || (host == "localhost" && isLoopback(bind.address));
        return bind.port == node->port && (named || (isAny(bind.address) && isLoopback(host)));
    });
}

}  // namespace pegasus::daemon
