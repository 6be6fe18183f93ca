// SPDX-License-Identifier: Apache-2.0
// The listing of a stream: JSON in one fragment, readable by the paper's and the original's clients, signed by the
// device key. Layout: docs/protocol.md, "Listing". Pure.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "crypto/ed25519.hpp"
#include "market/types.hpp"

namespace pegasus::market {

/// What one fragment holds: two trytes a character, the last tryte is not read.
inline constexpr std::size_t kMaxListingLength = 1093;
/// Bounds of what we write. Lengths are those of the JSON escape (é counts 6). Whatever keeps to them fits, see
/// ListingTest.
inline constexpr std::size_t kMaxNameLength = 64;
inline constexpr std::size_t kMaxDescriptionLength = 256;
inline constexpr std::size_t kMaxStreamIdLength = 64;
inline constexpr std::size_t kMaxQuantityLength = 32;
inline constexpr std::size_t kMaxUnitLength = 16;
inline constexpr std::size_t kMaxSensorLength = 64;
/// Name twice and description together, where non-ASCII text makes one of them longer than the bounds above.
inline constexpr std::size_t kMaxTextLength = 2 * kMaxNameLength + kMaxDescriptionLength;

/// Who says it: only in signed listings.
struct ListingIdentity {
    crypto::Ed25519PublicKey key{};
    std::string stream;
    std::int64_t seq = 0;  ///< 1 and more; grows with each listing of the stream
};

struct Listing {
    ListingTerms terms;  ///< of a closed listing: empty
    Address address;
    bool closed = false;  ///< the stream is no longer sold
    std::optional<ListingIdentity> identity;  ///< present: signature and bound proof of work have been verified
    int workBits = 0;                         ///< of the hashcash; 0 without a valid one
};

/// 32 hexadecimal digits: the first half of SHA-256 of the key.
[[nodiscard]] std::string deviceIdOf(const crypto::Ed25519PublicKey& key);
/// The id under which buyers keep the offer.
[[nodiscard]] OfferId offerIdOf(const Listing& listing);
[[nodiscard]] OfferId offerIdOf(const crypto::Ed25519PublicKey& key, std::string_view stream);

/// How long ListingTerms::sensor may be, escaped: what name and description leave.
[[nodiscard]] std::size_t sensorRoom(const ListingTerms& terms);

/// InvalidArgument, saying which field and bound, if these terms cannot be listed.
[[nodiscard]] Result<void> checkTerms(const ListingTerms& terms);

/// The text of a signed listing with hashcash; `random` starts its search. Takes some ms: for the pool.
[[nodiscard]] Result<std::string> encodeListing(const ListingTerms& terms, const Address& address, std::string_view stream,
                                                std::int64_t seq, const crypto::Ed25519Key& key, Timestamp now,
                                                std::uint64_t random, const std::stop_token& stop);
/// The listing that ends the sale: without name and place, so that older readers pass over it.
[[nodiscard]] Result<std::string> encodeClosing(std::string_view stream, std::int64_t seq, const crypto::Ed25519Key& key,
                                                Timestamp now, std::uint64_t random, const std::stop_token& stop);

/// Reads any listing: ours, the original's, the paper's. InvalidArgument: no listing. AuthenticationFailed: it claims a
/// device key, and its signature or its bound proof of work does not hold. `now` bounds the age of the hashcash.
[[nodiscard]] Result<Listing> decodeListing(std::string_view fragmentTrytes, Timestamp now);

}  // namespace pegasus::market
