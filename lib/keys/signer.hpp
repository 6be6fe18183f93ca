// SPDX-License-Identifier: Apache-2.0
// Signer: owns a seed, derives addresses and signs bundles in the pool, and never gives the seed away.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/async.hpp"
#include "base/scheduler.hpp"
#include "crypto/signature.hpp"
#include "model/bundle.hpp"

namespace pegasus::keys {

/// Which key of a seed.
struct KeyRef {
    crypto::KeyIndex index = 0;
    crypto::SecurityLevel level = crypto::SecurityLevel::Two;
    bool operator==(const KeyRef&) const = default;
};

/// Loop thread. A call under way keeps the seed until it ends, even if the signer goes. It does not know which keys have
/// signed before: that is KeyBook's business, and must be settled durably before sign() is called.
class Signer {
public:
    Signer(crypto::Seed seed, Pool& pool);

    [[nodiscard]] Task<model::Address> address(KeyRef key) const;
    /// Addresses of the indices first .. first + count - 1. Cancelled when the program stops.
    [[nodiscard]] Task<std::vector<model::Address>> addresses(crypto::KeyIndex first, std::size_t count,
                                                              crypto::SecurityLevel level) const;
    /// Signs every input of `draft` with the key at the same place of `inputs` and returns the transactions in index
    /// order. InvalidArgument: the number differs, or a key is not that of the input's address. Cancelled when the program
    /// stops. The result is verified.
    [[nodiscard]] Task<std::vector<model::Transaction>> sign(model::BundleDraft draft, std::vector<KeyRef> inputs) const;

private:
    std::shared_ptr<const crypto::Seed> seed_;  // shared with jobs in the pool, which may outlive the signer
    Pool& pool_;
};

}  // namespace pegasus::keys
