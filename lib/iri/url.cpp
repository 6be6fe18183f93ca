// SPDX-License-Identifier: Apache-2.0
// The URL of a node.
#include "iri/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace pegasus::iri {

namespace {

bool isHostCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
}
bool isIpv6Character(char c) {
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

std::optional<std::uint16_t> parsePort(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (code != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

bool takeScheme(std::string_view& rest, Url& url) {
    for (const auto& [scheme, tls] : {std::pair<std::string_view, bool>{"http://", false}, {"https://", true}}) {
        if (!rest.starts_with(scheme)) continue;
        rest.remove_prefix(scheme.size());
        url.tls = tls;
        url.port = tls ? 443 : 80;
        return true;
    }
    return false;
}

/// The authority without its port; what is left of `authority` afterwards is empty or ":port".
bool takeHost(std::string_view& authority, Url& url) {
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return false;
        url.host = authority.substr(1, end - 1);
        authority.remove_prefix(end + 1);
        return url.host.find(':') != std::string::npos && std::ranges::all_of(url.host, isIpv6Character);
    }
    const auto end = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, end);
    authority.remove_prefix(end);
    return !url.host.empty() && url.host.size() <= 253 && std::ranges::all_of(url.host, isHostCharacter);
}

}  // namespace

std::string Url::authority() const {
    const bool ipv6 = host.find(':') != std::string::npos;
    const std::string name = ipv6 ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string Url::text() const { return fmt::format("{}://{}{}", tls ? "https" : "http", authority(), path); }

Result<Url> parseUrl(std::string_view text) {
    const auto bad = [](std::string_view why) {
        return fail(ErrorCode::InvalidArgument, "not the URL of a node ({}), expected http://host:port", why);
    };
    if (text.size() > 1000) return bad("too long");
    Url url;
    auto rest = text;
    if (!takeScheme(rest, url)) return bad("no http:// or https://");
    const auto slash = std::min(rest.find('/'), rest.size());
    auto authority = rest.substr(0, slash);
    const auto path = rest.substr(slash);
    // The text is not repeated in the error: it may hold a password.
    if (authority.find('@') != std::string_view::npos) return bad("a user or password is not supported");
    if (!takeHost(authority, url)) return bad("bad host");
    if (!authority.empty()) {
        const auto port = authority[0] == ':' ? parsePort(authority.substr(1)) : std::nullopt;
        if (!port) return bad("bad port");
        url.port = *port;
    }
    if (!std::ranges::all_of(path, [](char c) { return c > ' ' && c <= '~' && c != '?' && c != '#' && c != '"'; }))
        return bad("bad path");
    if (!path.empty()) url.path = path;
    return url;
}

}  // namespace pegasus::iri
