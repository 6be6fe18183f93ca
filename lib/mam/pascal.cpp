// SPDX-License-Identifier: Apache-2.0
//   n = 0:  1 0 0 -1
//   n > 0:  t trytes d_0 .. d_(t-1), all <= 0 but the last, which is > 0; then c(t) trits, a number whose bit i says that d_i
//           was negated to be so.
#include "mam/pascal.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace pegasus::mam {
namespace {

using trinary::kTritsPerTryte;
using trinary::Trit;
using trinary::Trits;

constexpr std::array<Trit, 4> kZero = {1, 0, 0, -1};
constexpr std::size_t kMaxTrytes = 5;
constexpr std::int64_t kTryteBase = 27;

/// The smallest number of trits, at least one, that holds a value.
constexpr std::size_t tritsFor(std::uint32_t value) {
    std::size_t trits = 1;
    for (std::uint64_t largest = 1; largest < value; largest = 3 * largest + 1) ++trits;
    return trits;
}
constexpr std::size_t trytesFor(std::uint32_t value) { return (tritsFor(value) + kTritsPerTryte - 1) / kTritsPerTryte; }
/// c(t)
constexpr std::size_t signTrits(std::size_t trytes) { return tritsFor((std::uint32_t{1} << trytes) - 1); }

int tryteAt(std::span<const Trit> trits, std::size_t tryte) {
    const auto t = trits.subspan(tryte * kTritsPerTryte, kTritsPerTryte);
    return t[0] + 3 * t[1] + 9 * t[2];
}

/// Trytes up to the first that is > 0, or nothing.
std::optional<std::size_t> delimitedTrytes(std::span<const Trit> trits) {
    for (std::size_t i = 0; i < kMaxTrytes && (i + 1) * kTritsPerTryte <= trits.size(); ++i)
        if (tryteAt(trits, i) > 0) return i + 1;
    return std::nullopt;
}

}  // namespace

std::size_t pascalLength(std::uint32_t value) {
    if (value == 0) return kZero.size();
    const auto trytes = trytesFor(value);
    return trytes * kTritsPerTryte + signTrits(trytes);
}

Trits encodePascal(std::uint32_t value) {
    if (value == 0) return {kZero.begin(), kZero.end()};
    const auto trytes = trytesFor(value);
    auto code = trinary::tritsFromInteger(value, trytes * kTritsPerTryte);
    std::int64_t signs = 0;
    for (std::size_t i = 0; i + 1 < trytes; ++i) {
        if (tryteAt(code, i) <= 0) continue;
        signs |= std::int64_t{1} << i;
        for (auto& trit : std::span(code).subspan(i * kTritsPerTryte, kTritsPerTryte)) trit = static_cast<Trit>(-trit);
    }
    const auto signCode = trinary::tritsFromInteger(signs, signTrits(trytes));
    code.insert(code.end(), signCode.begin(), signCode.end());
    return code;
}

std::optional<Pascal> decodePascal(std::span<const Trit> trits) {
    if (trits.size() >= kZero.size() && std::ranges::equal(trits.first(kZero.size()), kZero))
        return Pascal{0, kZero.size()};
    const auto trytes = delimitedTrytes(trits);
    if (!trytes) return std::nullopt;
    const auto digits = *trytes * kTritsPerTryte;
    const auto used = digits + signTrits(*trytes);
    if (used > trits.size()) return std::nullopt;
    const auto signs = trinary::integerFromTrits(trits.subspan(digits, used - digits));
    if (!signs || *signs < 0 || *signs >= std::int64_t{1} << *trytes) return std::nullopt;
    std::int64_t value = 0;
    for (std::size_t i = *trytes; i-- > 0;) {
        const auto digit = std::int64_t{tryteAt(trits, i)};
        value = value * kTryteBase + ((*signs >> i & 1) != 0 ? -digit : digit);
    }
    if (value < 0) return std::nullopt;
    return Pascal{static_cast<std::uint32_t>(value), used};
}

}  // namespace pegasus::mam
