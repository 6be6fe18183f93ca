// SPDX-License-Identifier: Apache-2.0
// Trits, trytes and their strong types. Alphabet 9A-Z = 0, 1..13, -13..-1; least significant trit first.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::trinary {

using Trit = std::int8_t;  ///< -1, 0 or 1
using Trits = std::vector<Trit>;
inline constexpr std::size_t kTritsPerTryte = 3;
inline constexpr std::size_t kTritsPerByte = 5;
inline constexpr std::size_t kHashTrits = 243;
inline constexpr std::size_t kHashTrytes = 81;
inline constexpr std::string_view kAlphabet = "9ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// True if every character is of the alphabet (the empty text too).
[[nodiscard]] bool isTrytes(std::string_view text);
/// Value -13..13 of one character of the alphabet.
[[nodiscard]] int tryteValue(char tryte);
/// Character of a value -13..13.
[[nodiscard]] char tryteChar(int value);

/// Three trits for each tryte. `trytes` must satisfy isTrytes.
[[nodiscard]] Trits tritsFromTrytes(std::string_view trytes);
/// The same into memory of the caller: out.size() == 3 * trytes.size().
void tritsFromTrytes(std::string_view trytes, std::span<Trit> out);
/// One tryte for each three trits; a last group that is short is filled with zero trits.
[[nodiscard]] std::string trytesFromTrits(std::span<const Trit> trits);

/// Five trits a byte, byte = sum t_i 3^i as signed -121..121 (t5b1); the last byte is filled with zero trits.
[[nodiscard]] std::vector<std::uint8_t> packTrits(std::span<const Trit> trits);
/// The inverse: exactly `count` trits. Refuses a wrong length, bytes above 121 and non-zero fill trits.
[[nodiscard]] Result<Trits> unpackTrits(std::span<const std::uint8_t> bytes, std::size_t count);
[[nodiscard]] constexpr std::size_t packedSize(std::size_t trits) { return (trits + 4) / 5; }

/// Balanced ternary of `value` in exactly `count` trits; the caller knows that it fits (else it is cut).
[[nodiscard]] Trits tritsFromInteger(std::int64_t value, std::size_t count);
/// The value; InvalidArgument if it does not fit into 64 bits.
[[nodiscard]] Result<std::int64_t> integerFromTrits(std::span<const Trit> trits);

/// Two trytes for each 7-bit character; refuses anything else (escape it first).
[[nodiscard]] Result<std::string> trytesFromAscii(std::string_view text);
/// The inverse; refuses odd lengths, bad characters and values above 255. NUL pairs ("99") are kept.
[[nodiscard]] Result<std::string> asciiFromTrytes(std::string_view trytes);

/// Trytes of a fixed number, as a strong type. Made by parse(), fromTrits() or unpack(); after that the type is the proof.
template <std::size_t N, class Name>
class FixedTrytes {
public:
    static constexpr std::size_t kTrytes = N;
    static constexpr std::size_t kTrits = N * kTritsPerTryte;
    static constexpr std::size_t kPacked = packedSize(kTrits);

    /// All 9s.
    FixedTrytes() { chars_.fill('9'); }

    [[nodiscard]] static Result<FixedTrytes> parse(std::string_view text) {
        if (text.size() != N)
            return fail(ErrorCode::InvalidArgument, "{} has {} characters, expected {} trytes",
                        Name::kName, text.size(), N);
        if (!isTrytes(text))
            return fail(ErrorCode::InvalidArgument, "{} has characters other than 9 and A-Z", Name::kName);
        FixedTrytes result;
        std::copy(text.begin(), text.end(), result.chars_.begin());
        return result;
    }
    /// The same, padded with 9s at the end.
    [[nodiscard]] static Result<FixedTrytes> parsePadded(std::string_view text) {
        if (text.size() > N)
            return fail(ErrorCode::InvalidArgument, "{} has {} characters, expected at most {}",
                        Name::kName, text.size(), N);
        std::string padded(text);
        padded.resize(N, '9');
        return parse(padded);
    }
    [[nodiscard]] static FixedTrytes fromTrits(std::span<const Trit, N * kTritsPerTryte> trits) {
        FixedTrytes result;
        for (std::size_t i = 0; i < N; ++i)
            result.chars_[i] = tryteChar(trits[3 * i] + 3 * trits[3 * i + 1] + 9 * trits[3 * i + 2]);
        return result;
    }
    [[nodiscard]] static Result<FixedTrytes> unpack(std::span<const std::uint8_t> bytes) {
        auto trits = unpackTrits(bytes, kTrits);
        if (!trits) return fail(trits.error());
        return fromTrits(std::span<const Trit, kTrits>(*trits));
    }

    [[nodiscard]] std::string_view view() const { return {chars_.data(), N}; }
    [[nodiscard]] std::string str() const { return std::string(view()); }
    [[nodiscard]] std::array<Trit, N * kTritsPerTryte> trits() const {
        std::array<Trit, N * kTritsPerTryte> out;
        tritsFromTrytes(view(), out);
        return out;
    }
    [[nodiscard]] std::vector<std::uint8_t> pack() const { return packTrits(trits()); }
    [[nodiscard]] bool isNull() const {
        for (const char c : chars_)
            if (c != '9') return false;
        return true;
    }
    auto operator<=>(const FixedTrytes&) const = default;

private:
    std::array<char, N> chars_;
};

struct HashName { static constexpr std::string_view kName = "hash"; };
/// 81 trytes: a transaction hash, bundle hash, MAM root.
using Hash = FixedTrytes<kHashTrytes, HashName>;

}  // namespace pegasus::trinary

template <std::size_t N, class Name>
struct std::hash<pegasus::trinary::FixedTrytes<N, Name>> {
    std::size_t operator()(const pegasus::trinary::FixedTrytes<N, Name>& x) const noexcept {
        return std::hash<std::string_view>{}(x.view());
    }
};
