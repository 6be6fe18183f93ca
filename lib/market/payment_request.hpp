// SPDX-License-Identifier: Apache-2.0
// What a buyer sends with the payment, and the output that binds it to the bundle. docs/protocol.md, "Payment". Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "crypto/rsa.hpp"
#include "model/bundle.hpp"
#include "market/types.hpp"

namespace pegasus::market {

/// Messages longer than this are not read.
inline constexpr std::size_t kMaxRequestLength = 4372;  // four fragments

struct PaymentRequest {
    std::string publicKeyPem;  ///< RSA 2048..4096, as crypto::RsaPublicKey accepts it
    Address replyAddress;
    crypto::OaepHash oaep = crypto::OaepHash::Sha1;  ///< what the buyer asks for
    bool operator==(const PaymentRequest&) const = default;
};

/// The message of the payment output: JSON in trytes, without padding.
[[nodiscard]] Result<std::string> encodeRequest(const PaymentRequest& request);
/// From message trytes, padded or not. InvalidArgument, LimitExceeded.
[[nodiscard]] Result<PaymentRequest> decodeRequest(std::string_view messageTrytes);

/// The address of the committing output: Kerl over the fragments of the request exactly as they stand in the bundle
/// (message trytes, padded with 9s to a multiple of 2187), last trit zero.
[[nodiscard]] Address commitmentOf(std::string_view messageTrytes);

/// What a bundle says as a payment. Transactions in index order, of a bundle that is valid.
struct PaymentParts {
    Address address;            ///< of index 0
    Iotas value;                ///< of index 0
    std::string requestTrytes;  ///< fragments of index 0 and of what directly continues it
    /// Absent: no other zero-value output, so nothing commits to the request (legacy). Else: whether one of them does.
    std::optional<bool> committed;
};
[[nodiscard]] PaymentParts paymentParts(std::span<const model::Transaction> transactions);

}  // namespace pegasus::market
