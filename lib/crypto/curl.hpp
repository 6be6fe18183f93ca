// SPDX-License-Identifier: Apache-2.0
// Curl-P with 27 or 81 rounds, one state at a time. Source: mam0.md section 2. Many at once: curl_batch.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "crypto/curl_planes.hpp"
#include "trinary/trytes.hpp"

namespace pegasus::crypto {

inline constexpr std::size_t kCurlStateTrits = 729;
inline constexpr std::size_t kCurlRateTrits = 243;

enum class CurlRounds : std::uint8_t { P27 = 27, P81 = 81 };

using CurlBlock = std::array<trinary::Trit, kCurlRateTrits>;
using CurlState = std::array<trinary::Trit, kCurlStateTrits>;

class Curl;
/// One permutation of each sponge, see curl_batch.hpp.
void permuteAll(std::span<Curl> sponges);

/// The sponge, in overwrite mode. Copyable; the destructor wipes the state, since MAM keys pass through it.
class Curl {
public:
    /// The all-zero state.
    explicit Curl(CurlRounds rounds);
    ~Curl();
    Curl(const Curl&) = default;
    Curl& operator=(const Curl&) = default;

    /// Any number of trits: each block of 243, and a shorter one at the end, overwrites the start of the state, then
    /// the state is permuted. Nothing happens for no trits.
    void absorb(std::span<const trinary::Trit> trits);
    /// The same for trytes, which must satisfy isTrytes.
    void absorb(std::string_view trytes);
    /// Writes at most 729 trits over the start of the state, without a permutation.
    void overwrite(std::span<const trinary::Trit> trits);
    void permute();

    /// The first 243 trits of the state; changes nothing.
    [[nodiscard]] CurlBlock rate() const;
    [[nodiscard]] trinary::Hash hash() const;
    [[nodiscard]] CurlState state() const;
    /// The rate, permutation, the rate, ..: `blocks` times 243 trits, at least one.
    [[nodiscard]] trinary::Trits squeeze(std::size_t blocks);

private:
    friend void permuteAll(std::span<Curl> sponges);

    CurlRounds rounds_;
    CurlPlanes planes_;
};

/// The hash of one input with a fresh sponge.
[[nodiscard]] trinary::Hash curlHash(CurlRounds rounds, std::string_view trytes);
[[nodiscard]] CurlBlock curlHash(CurlRounds rounds, std::span<const trinary::Trit> trits);

}  // namespace pegasus::crypto
