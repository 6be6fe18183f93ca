// SPDX-License-Identifier: Apache-2.0
// The part of a transaction that the bundle hash covers.
#pragma once

#include <string>

#include "model/transaction.hpp"

namespace pegasus::model {

/// Two Kerl blocks: the address; value, obsolete tag, timestamp, indexes.
inline constexpr std::size_t kEssenceTrytes = 162;

/// Address to last index as on the wire.
[[nodiscard]] std::string essence(const Transaction& transaction);

/// True if trit 243 of the address is zero, as every address of a value must be: Kerl does not see that trit.
[[nodiscard]] bool endsInZeroTrit(const Address& address);

}  // namespace pegasus::model
