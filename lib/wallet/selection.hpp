// SPDX-License-Identifier: Apache-2.0
// Which addresses pay for a transfer. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "keys/key_book.hpp"

namespace pegasus::wallet {

struct Candidate {
    keys::KeyEntry entry;
    model::Iotas balance;      ///< confirmed; all of it is spent with the address
    bool expectsMore = false;  ///< a payment to it is pending, and would be late if it were spent from now
};

/// Few inputs: the smallest single address that is enough, else the largest first. Addresses that expect more are taken only
/// when the others do not suffice. InsufficientFunds; LimitExceeded: it would take more than `most`.
[[nodiscard]] Result<std::vector<Candidate>> selectInputs(std::vector<Candidate> candidates, model::Iotas target,
                                                          std::size_t most);

/// The parts of what is left of a payment of `amount`. One, or, while there are fewer than `wanted` outputs beside it, several
/// equal ones, each good for another payment like this one.
[[nodiscard]] std::vector<model::Iotas> splitChange(model::Iotas left, model::Iotas amount, std::size_t present, std::size_t wanted);

}  // namespace pegasus::wallet
