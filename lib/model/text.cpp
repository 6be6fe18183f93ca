// SPDX-License-Identifier: Apache-2.0
// UTF-8 to escaped JSON to trytes, and trytes to text.
#include "model/text.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

#include "trinary/trytes.hpp"

namespace pegasus::model {
namespace {

constexpr std::uint32_t kFirstSupplementary = 0x10000;
constexpr std::uint32_t kLastCodePoint = 0x10FFFF;
constexpr std::uint32_t kFirstSurrogate = 0xD800;
constexpr std::uint32_t kLastSurrogate = 0xDFFF;

struct Lead {
    std::size_t length;     ///< bytes of the character
    std::uint32_t bits;     ///< those of the first byte
    std::uint32_t smallest; ///< a smaller code point has a shorter form, which must be used
};

Result<Lead> leadOf(std::uint8_t byte) {
    if (byte >> 5 == 0b110) return Lead{2, byte & 0x1FU, 0x80};
    if (byte >> 4 == 0b1110) return Lead{3, byte & 0x0FU, 0x800};
    if (byte >> 3 == 0b11110) return Lead{4, byte & 0x07U, kFirstSupplementary};
    return fail(ErrorCode::InvalidArgument, "byte {:#x} cannot begin a character of UTF-8", byte);
}

struct Character {
    std::uint32_t codePoint;
    std::size_t length;
};

/// The character at the start of `text`, whose first byte is not ASCII.
Result<Character> decode(std::string_view text) {
    PEGASUS_TRY(const auto lead, leadOf(static_cast<std::uint8_t>(text[0])));
    if (text.size() < lead.length) return fail(ErrorCode::InvalidArgument, "the text ends within a character of UTF-8");
    std::uint32_t codePoint = lead.bits;
    for (std::size_t i = 1; i < lead.length; ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        if (byte >> 6 != 0b10) return fail(ErrorCode::InvalidArgument, "byte {:#x} within a character of UTF-8", byte);
        codePoint = codePoint << 6 | (byte & 0x3FU);
    }
    const bool isSurrogate = codePoint >= kFirstSurrogate && codePoint <= kLastSurrogate;
    if (codePoint < lead.smallest || codePoint > kLastCodePoint || isSurrogate)
        return fail(ErrorCode::InvalidArgument, "code point {:#x} is not valid in UTF-8", codePoint);
    return Character{codePoint, lead.length};
}

void appendEscape(std::string& out, std::uint32_t codePoint) {
    if (codePoint >= kFirstSupplementary) {
        const std::uint32_t rest = codePoint - kFirstSupplementary;
        fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FFU));
    } else {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", codePoint);
    }
}

int unsignedTryte(char tryte) {
    const int value = trinary::tryteValue(tryte);
    return value < 0 ? value + 27 : value;
}

}  // namespace

Result<std::string> escapeNonAscii(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t i = 0; i < json.size();) {
        if (static_cast<std::uint8_t>(json[i]) < 0x80) {
            out += json[i++];
            continue;
        }
        PEGASUS_TRY(const auto character, decode(json.substr(i)));
        appendEscape(out, character.codePoint);
        i += character.length;
    }
    return out;
}

Result<std::string> trytesFromText(std::string_view json) {
    if (json.size() > kMaxTextSize)
        return fail(ErrorCode::LimitExceeded, "text of {} bytes, expected at most {}", json.size(), kMaxTextSize);
    PEGASUS_TRY(const auto escaped, escapeNonAscii(json));
    if (escaped.size() > kMaxTextSize)
        return fail(ErrorCode::LimitExceeded, "escaped text of {} characters, expected at most {}", escaped.size(),
                    kMaxTextSize);
    return trinary::trytesFromAscii(escaped);
}

Result<std::string> textFromTrytes(std::string_view trytes, std::size_t maxSize) {
    if (!trinary::isTrytes(trytes)) return fail(ErrorCode::InvalidArgument, "message has characters other than 9 and A-Z");
    const auto last = trytes.find_last_not_of('9');
    const std::size_t size = last == std::string_view::npos ? 0 : last / 2 + 1;
    if (size > maxSize) return fail(ErrorCode::LimitExceeded, "text of {} characters, expected at most {}", size, maxSize);
    std::string text;
    text.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        const int high = 2 * i + 1 < trytes.size() ? unsignedTryte(trytes[2 * i + 1]) : 0;
        const int value = unsignedTryte(trytes[2 * i]) + 27 * high;
        if (value == 0 || value > 127)
            return fail(ErrorCode::InvalidArgument, "trytes at {} give {}, expected a character of ASCII", 2 * i, value);
        text += static_cast<char>(value);
    }
    return text;
}

}  // namespace pegasus::model
