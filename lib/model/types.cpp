// SPDX-License-Identifier: Apache-2.0
// Addresses as text, with and without a checksum.
#include "model/types.hpp"

#include "crypto/signature.hpp"

namespace pegasus::model {
namespace {

constexpr std::size_t kChecksumTrytes = 9;

}  // namespace

Result<Address> parseAddress(std::string_view text) {
    if (text.size() == Address::kTrytes) return Address::parse(text);
    if (text.size() != Address::kTrytes + kChecksumTrytes)
        return fail(ErrorCode::InvalidArgument, "address has {} characters, expected 81 trytes or 90 with its checksum",
                    text.size());
    PEGASUS_TRY(const auto address, Address::parse(text.substr(0, Address::kTrytes)));
    if (crypto::addressChecksum(hashFrom(address)) != text.substr(Address::kTrytes))
        return fail(ErrorCode::InvalidArgument, "address has the checksum {}, which is not that of its 81 trytes",
                    trinary::isTrytes(text.substr(Address::kTrytes)) ? text.substr(Address::kTrytes) : "?");
    return address;
}

std::string withChecksum(const Address& address) { return address.str() + crypto::addressChecksum(hashFrom(address)); }

}  // namespace pegasus::model
