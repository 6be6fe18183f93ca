// SPDX-License-Identifier: Apache-2.0
// The URL of a node.
#include "iri/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "crypto/digest.hpp"

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

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// With %40 and the like decoded.
std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
            const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
            if (low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) return std::nullopt;
        out += c;
    }
    return out;
}

/// "user:password" before the @, if there is one; false for what is none.
bool takeUser(std::string_view& authority, Url& url) {
    const auto at = authority.rfind('@');
    if (at == std::string_view::npos) return true;
    const auto text = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const auto colon = std::min(text.find(':'), text.size());
    const auto user = decoded(text.substr(0, colon));
    const auto password = decoded(text.substr(std::min(colon + 1, text.size())));
    if (!user || !password || user->empty() || user->find(':') != std::string::npos) return false;
    const auto both = *user + ":" + *password;
    url.authorization = "Basic " + crypto::toBase64({reinterpret_cast<const std::uint8_t*>(both.data()), both.size()});
    return true;
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
    // The text is not repeated in errors: it may hold a password.
    if (!takeUser(authority, url)) return bad("bad user or password");
    if (!url.authorization.empty() && !url.tls)
        return fail(ErrorCode::InvalidArgument,
                    "a user and a password over http can be read by anybody on the way, expected https://");
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
