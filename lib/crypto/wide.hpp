// SPDX-License-Identifier: Apache-2.0
// 384-bit two's complement arithmetic and the constants of Kerl's range.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pegasus::crypto {

/// Least significant limb first.
using Wide = std::array<std::uint64_t, 6>;

__extension__ using Uint128 = unsigned __int128;

/// Sums wrap at 2^384.
[[nodiscard]] constexpr Wide add(const Wide& a, const Wide& b) {
    Wide sum{};
    Uint128 carry = 0;
    for (std::size_t i = 0; i < sum.size(); ++i) {
        carry += static_cast<Uint128>(a[i]) + b[i];
        sum[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    return sum;
}

[[nodiscard]] constexpr Wide invert(const Wide& a) {
    Wide result{};
    for (std::size_t i = 0; i < a.size(); ++i) result[i] = ~a[i];
    return result;
}

[[nodiscard]] constexpr Wide negate(const Wide& a) { return add(invert(a), Wide{1}); }

[[nodiscard]] constexpr bool isNegative(const Wide& a) { return a[5] >> 63 != 0; }

/// The value with its sign in all higher limbs.
[[nodiscard]] constexpr Wide wideOf(std::int64_t value) {
    const std::uint64_t sign = value < 0 ? ~std::uint64_t{0} : 0;
    return {static_cast<std::uint64_t>(value), sign, sign, sign, sign, sign};
}

[[nodiscard]] constexpr Wide multiplyAdd(const Wide& a, std::uint64_t factor, std::int64_t term) {
    Wide product{};
    Uint128 carry = 0;
    for (std::size_t i = 0; i < product.size(); ++i) {
        carry += static_cast<Uint128>(a[i]) * factor;
        product[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    return add(product, wideOf(term));
}

[[nodiscard]] consteval Wide largestOfTrits(int trits) {
    Wide value{};
    for (int i = 0; i < trits; ++i) value = multiplyAdd(value, 3, 1);
    return value;
}

/// (3^242 - 1) / 2: 242 trits of one; fits into 383 bits.
inline constexpr Wide kHalfRange = largestOfTrits(242);
/// 3^242 as it wraps: what dropping a last trit of one subtracts.
inline constexpr Wide kRange = add(add(kHalfRange, kHalfRange), Wide{1});

}  // namespace pegasus::crypto
