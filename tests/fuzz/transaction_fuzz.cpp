// SPDX-License-Identifier: Apache-2.0
// Transactions: what parses is written back to the tryte; weight agrees with the trits; validation is total.
#include "fuzz/fuzz.hpp"
#include "fuzz/trytes_input.hpp"
#include "model/transaction.hpp"

using namespace pegasus;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)model::TransactionTrytes::parse(fuzz::textOf(data, size));
    const auto trytes = model::TransactionTrytes::parse(fuzz::trytesOf(data, size, model::TransactionTrytes::kTrytes));
    require(trytes.has_value(), "trytes are trytes");
    const auto attached = model::AttachedTransaction::fromTrytes(*trytes);
    if (!attached) return 0;
    require(model::serialize(attached->transaction) == *trytes, "a parsed transaction is written back");
    const auto trits = attached->hash.trits();
    int zeros = 0;
    while (zeros < static_cast<int>(trits.size()) && trits[trits.size() - 1 - static_cast<std::size_t>(zeros)] == 0)
        ++zeros;
    require(model::weight(attached->hash) == zeros, "weight is the number of trailing zero trits");
    (void)model::validateTransaction(*attached, 0, fromMicros(1'600'000'000'000'000), Timestamp());
    require(model::TransactionTrytes::unpack(trytes->pack()).value() == *trytes, "packing comes back");
    return 0;
}
