// SPDX-License-Identifier: Apache-2.0
// Address, tag and the other fixed fields of a transaction, and Iotas.
#pragma once

#include <cstdint>
#include <string>

#include "trinary/trytes.hpp"

namespace pegasus::model {

using trinary::Hash;

struct AddressName { static constexpr std::string_view kName = "address"; };
struct TagName { static constexpr std::string_view kName = "tag"; };
struct FragmentName { static constexpr std::string_view kName = "signature message fragment"; };
struct NonceName { static constexpr std::string_view kName = "nonce"; };
struct TransactionTrytesName { static constexpr std::string_view kName = "transaction"; };

/// 81 trytes, without checksum.
using Address = trinary::FixedTrytes<81, AddressName>;
using Tag = trinary::FixedTrytes<27, TagName>;
using Nonce = trinary::FixedTrytes<27, NonceName>;
using Fragment = trinary::FixedTrytes<2187, FragmentName>;
/// A whole transaction as it goes over the wire.
using TransactionTrytes = trinary::FixedTrytes<2673, TransactionTrytesName>;

[[nodiscard]] inline Address addressFrom(const Hash& hash) { return *Address::parse(hash.view()); }
[[nodiscard]] inline Hash hashFrom(const Address& address) { return *Hash::parse(address.view()); }

/// The whole supply, (3^33 - 1) / 2.
inline constexpr std::int64_t kSupply = 2'779'530'283'277'761;

/// An amount of iotas, -supply..supply. No floating point ever touches it.
class Iotas {
public:
    constexpr Iotas() = default;
    /// For amounts known to be in bounds; others come through of().
    constexpr explicit Iotas(std::int64_t amount) : amount_(amount) {}
    [[nodiscard]] static Result<Iotas> of(std::int64_t amount) {
        if (amount > kSupply || amount < -kSupply)
            return fail(ErrorCode::InvalidArgument, "{} i is more than the supply of {} i", amount, kSupply);
        return Iotas(amount);
    }
    [[nodiscard]] constexpr std::int64_t count() const { return amount_; }
    /// LimitExceeded beyond the supply.
    [[nodiscard]] Result<Iotas> plus(Iotas other) const { return of(amount_ + other.amount_); }
    [[nodiscard]] Result<Iotas> minus(Iotas other) const { return of(amount_ - other.amount_); }
    auto operator<=>(const Iotas&) const = default;

private:
    std::int64_t amount_ = 0;  // |a + b| <= 2 * supply < 2^63: the sums above cannot overflow
};

/// Parses an address of 81 trytes, or of 90 with a verified checksum. InvalidArgument says what is wrong.
[[nodiscard]] Result<Address> parseAddress(std::string_view text);
/// 90 trytes: the address with its checksum.
[[nodiscard]] std::string withChecksum(const Address& address);

}  // namespace pegasus::model
