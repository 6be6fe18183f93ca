// SPDX-License-Identifier: Apache-2.0
// Codecs between trits, trytes, bytes, integers and ASCII.
#include "trinary/trytes.hpp"

#include <algorithm>

namespace pegasus::trinary {
namespace {

__extension__ using Wide = __int128;

constexpr int kNoTryte = 127;

constexpr std::array<std::int8_t, 256> makeValues() {
    std::array<std::int8_t, 256> values{};
    values.fill(kNoTryte);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i <= 13 ? i : i - 27);
    return values;
}

constexpr auto kValues = makeValues();

constexpr std::array<std::array<Trit, 3>, 27> makeTryteTrits() {
    std::array<std::array<Trit, 3>, 27> table{};
    for (int value = -13; value <= 13; ++value) {
        int rest = value;
        for (auto& trit : table[static_cast<std::size_t>(value + 13)]) {
            const int digit = (rest % 3 + 3 + 1) % 3 - 1;
            trit = static_cast<Trit>(digit);
            rest = (rest - digit) / 3;
        }
    }
    return table;
}

constexpr auto kTryteTrits = makeTryteTrits();

constexpr std::array<std::array<Trit, 5>, 243> makeByteTrits() {
    std::array<std::array<Trit, 5>, 243> table{};
    for (int value = -121; value <= 121; ++value) {
        int rest = value;
        for (auto& trit : table[static_cast<std::size_t>(value + 121)]) {
            const int digit = (rest % 3 + 3 + 1) % 3 - 1;
            trit = static_cast<Trit>(digit);
            rest = (rest - digit) / 3;
        }
    }
    return table;
}

constexpr auto kByteTrits = makeByteTrits();

}  // namespace

bool isTrytes(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return kValues[static_cast<unsigned char>(c)] != kNoTryte; });
}

int tryteValue(char tryte) { return kValues[static_cast<unsigned char>(tryte)]; }

char tryteChar(int value) { return kAlphabet[static_cast<std::size_t>(value < 0 ? value + 27 : value)]; }

void tritsFromTrytes(std::string_view trytes, std::span<Trit> out) {
    auto* to = out.data();
    for (const char c : trytes) {
        to = std::ranges::copy(kTryteTrits[static_cast<std::size_t>(tryteValue(c) + 13)], to).out;
    }
}

Trits tritsFromTrytes(std::string_view trytes) {
    Trits trits(trytes.size() * kTritsPerTryte);
    tritsFromTrytes(trytes, trits);
    return trits;
}

std::string trytesFromTrits(std::span<const Trit> trits) {
    std::string trytes((trits.size() + 2) / 3, '9');
    const auto at = [&](std::size_t i) { return i < trits.size() ? int{trits[i]} : 0; };
    for (std::size_t i = 0; i < trytes.size(); ++i)
        trytes[i] = tryteChar(at(3 * i) + 3 * at(3 * i + 1) + 9 * at(3 * i + 2));
    return trytes;
}

std::vector<std::uint8_t> packTrits(std::span<const Trit> trits) {
    std::vector<std::uint8_t> bytes(packedSize(trits.size()));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        int value = 0;
        for (std::size_t k = std::min((i + 1) * 5, trits.size()); k > i * 5; --k) value = value * 3 + trits[k - 1];
        bytes[i] = static_cast<std::uint8_t>(value);
    }
    return bytes;
}

Result<Trits> unpackTrits(std::span<const std::uint8_t> bytes, std::size_t count) {
    if (bytes.size() != packedSize(count))
        return fail(ErrorCode::InvalidArgument, "{} packed bytes, expected {}", bytes.size(), packedSize(count));
    Trits trits(bytes.size() * kTritsPerByte);
    auto to = trits.begin();
    for (const auto byte : bytes) {
        const int value = static_cast<std::int8_t>(byte);
        if (value < -121 || value > 121) return fail(ErrorCode::InvalidArgument, "byte {} is not five trits", value);
        to = std::ranges::copy(kByteTrits[static_cast<std::size_t>(value + 121)], to).out;
    }
    if (std::any_of(trits.begin() + static_cast<std::ptrdiff_t>(count), trits.end(), [](Trit t) { return t != 0; }))
        return fail(ErrorCode::InvalidArgument, "non-zero trits after the last of {}", count);
    trits.resize(count);
    return trits;
}

Trits tritsFromInteger(std::int64_t value, std::size_t count) {
    Trits trits(count);
    for (auto& trit : trits) {
        // The remainder is taken into -1..1; the quotient moves towards the digit taken, so nothing overflows.
        auto digit = value % 3;
        value /= 3;
        if (digit == 2) {
            digit = -1;
            ++value;
        } else if (digit == -2) {
            digit = 1;
            --value;
        }
        trit = static_cast<Trit>(digit);
    }
    return trits;
}

Result<std::int64_t> integerFromTrits(std::span<const Trit> trits) {
    // One more bit than the result: three times a part may pass the ends before its last trit brings it back.
    constexpr Wide kLimit = Wide{1} << 64;
    Wide value = 0;
    for (std::size_t i = trits.size(); i-- > 0 && value < kLimit && value > -kLimit;) value = value * 3 + trits[i];
    const auto result = static_cast<std::int64_t>(value);
    if (result != value)
        return fail(ErrorCode::InvalidArgument, "a number of {} trits does not fit into 64 bits", trits.size());
    return result;
}

Result<std::string> trytesFromAscii(std::string_view text) {
    std::string trytes;
    trytes.reserve(text.size() * 2);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 127) return fail(ErrorCode::InvalidArgument, "byte {:#x} is not ASCII", byte);
        trytes += kAlphabet[byte % 27U];
        trytes += kAlphabet[byte / 27U];
    }
    return trytes;
}

Result<std::string> asciiFromTrytes(std::string_view trytes) {
    if (trytes.size() % 2 != 0) return fail(ErrorCode::InvalidArgument, "{} trytes, expected an even number", trytes.size());
    if (!isTrytes(trytes)) return fail(ErrorCode::InvalidArgument, "characters other than 9 and A-Z");
    std::string text;
    text.reserve(trytes.size() / 2);
    for (std::size_t i = 0; i < trytes.size(); i += 2) {
        const auto unsignedValue = [](int v) { return v < 0 ? v + 27 : v; };
        const int value = unsignedValue(tryteValue(trytes[i])) + 27 * unsignedValue(tryteValue(trytes[i + 1]));
        if (value > 255) return fail(ErrorCode::InvalidArgument, "trytes at {} are not a character", i);
        text += static_cast<char>(value);
    }
    return text;
}

}  // namespace pegasus::trinary
