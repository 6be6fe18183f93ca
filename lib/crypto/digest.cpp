// SPDX-License-Identifier: Apache-2.0
// SHA-256, hex and base64.
#include "crypto/digest.hpp"

#include <openssl/sha.h>

namespace pegasus::crypto {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr int kNoDigit = -1;

int hexValue(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return kNoDigit;
}

int base64Value(char c) {
    const auto at = kBase64.find(c);
    return at == std::string_view::npos ? kNoDigit : static_cast<int>(at);
}

std::size_t paddingOf(std::string_view text) {
    if (text.ends_with("==")) return 2;
    return text.ends_with("=") ? 1 : 0;
}

}  // namespace

Sha256Digest sha256(std::span<const std::uint8_t> data) {
    Sha256Digest digest;
    SHA256(data.data(), data.size(), digest.data());
    return digest;
}

std::string toHex(std::span<const std::uint8_t> data) {
    std::string text;
    text.reserve(data.size() * 2);
    for (const auto byte : data) {
        text += kHex[byte >> 4];
        text += kHex[byte & 15U];
    }
    return text;
}

Result<Bytes> fromHex(std::string_view text) {
    if (text.size() % 2 != 0)
        return fail(ErrorCode::InvalidArgument, "hex text has {} characters, expected an even number", text.size());
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hexValue(text[i]);
        const int low = hexValue(text[i + 1]);
        if (high == kNoDigit || low == kNoDigit)
            return fail(ErrorCode::InvalidArgument, "hex text has another character at {}", i);
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

std::string toBase64(std::span<const std::uint8_t> data) {
    std::string text;
    text.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        const auto at = [&](std::size_t k) { return i + k < data.size() ? std::uint32_t{data[i + k]} : 0U; };
        const std::uint32_t group = at(0) << 16 | at(1) << 8 | at(2);
        text += kBase64[group >> 18];
        text += kBase64[group >> 12 & 63U];
        text += i + 1 < data.size() ? kBase64[group >> 6 & 63U] : '=';
        text += i + 2 < data.size() ? kBase64[group & 63U] : '=';
    }
    return text;
}

Result<Bytes> fromBase64(std::string_view text) {
    if (text.size() % 4 != 0)
        return fail(ErrorCode::InvalidArgument, "base64 text has {} characters, expected a multiple of 4", text.size());
    const std::size_t padding = paddingOf(text);
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (std::size_t i = 0; i < text.size() - padding; ++i) {
        const int value = base64Value(text[i]);
        if (value == kNoDigit) return fail(ErrorCode::InvalidArgument, "base64 text has another character at {}", i);
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFU;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes.push_back(static_cast<std::uint8_t>(bits >> held));
    }
    if ((bits & ((1U << held) - 1)) != 0) return fail(ErrorCode::InvalidArgument, "base64 text has stray bits at its end");
    return bytes;
}

}  // namespace pegasus::crypto
