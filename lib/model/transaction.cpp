// SPDX-License-Identifier: Apache-2.0
// Layout of a transaction, in trytes (tangle.md 1.1). Integers are balanced ternary, least significant tryte first.
//
//   0     2187  signature message fragment        2430  81  trunk
//   2187    81  address                    essence 2511  81  branch
//   2268    27  value (11 used)               |    2592  27  tag
//   2295    27  obsolete tag                  |    2619   9  attachment timestamp
//   2322     9  timestamp                     |    2628   9  its lower bound
//   2331     9  current index                 |    2637   9  its upper bound
//   2340     9  last index                    |    2646  27  nonce
//   2349    81  bundle
#include "model/transaction.hpp"

#include <chrono>
#include <cstdlib>

#include "crypto/curl.hpp"
#include "model/essence.hpp"

namespace pegasus::model {
namespace {

constexpr std::size_t kNumberTrytes = 9;
constexpr std::size_t kValueTrytes = 27;
constexpr std::size_t kUsedValueTrytes = 11;  // 33 trits hold the supply
constexpr auto kFutureTolerance = std::chrono::minutes(10);

/// Takes the fields one after the other.
class Reader {
public:
    explicit Reader(std::string_view trytes) : rest_(trytes) {}
    std::string_view take(std::size_t count) {
        const auto field = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return field;
    }
    template <class Field>
    Field field() {
        return *Field::parse(take(Field::kTrytes));
    }
    std::int64_t number() { return integerOf(take(kNumberTrytes)); }

    /// At most 13 trytes, so that it fits.
    static std::int64_t integerOf(std::string_view trytes) {
        std::int64_t value = 0;
        for (std::size_t i = trytes.size(); i-- > 0;) value = value * 27 + trinary::tryteValue(trytes[i]);
        return value;
    }

private:
    std::string_view rest_;
};

std::string numberTrytes(std::int64_t value, std::size_t trytes = kNumberTrytes) {
    return trinary::trytesFromTrits(trinary::tritsFromInteger(value, trytes * trinary::kTritsPerTryte));
}

Result<void> validateTimestamp(const Transaction& t, Timestamp now, Timestamp earliest) {
    const std::int64_t millis = t.attachmentTimestamp != 0 ? t.attachmentTimestamp : t.timestamp * 1000;
    if (millis < toMillis(earliest))
        return fail(ErrorCode::InvalidArgument, "timestamp {} ms is before {} ms", millis, toMillis(earliest));
    if (millis >= toMillis(now + kFutureTolerance))
        return fail(ErrorCode::InvalidArgument, "timestamp {} ms is more than 10 minutes ahead of {} ms", millis,
                    toMillis(now));
    return {};
}

}  // namespace

std::string essence(const Transaction& t) {
    std::string out;
    out.reserve(kEssenceTrytes);
    out += t.address.view();
    out += numberTrytes(t.value, kValueTrytes);
    out += t.obsoleteTag.view();
    out += numberTrytes(t.timestamp);
    out += numberTrytes(t.currentIndex);
    out += numberTrytes(t.lastIndex);
    return out;
}

bool endsInZeroTrit(const Address& address) { return std::abs(trinary::tryteValue(address.view().back())) <= 4; }

Result<Transaction> parseTransaction(const TransactionTrytes& trytes) {
    Reader in(trytes.view());
    Transaction t;
    t.signatureMessageFragment = in.field<Fragment>();
    t.address = in.field<Address>();
    t.value = Reader::integerOf(in.take(kUsedValueTrytes));
    if (in.take(kValueTrytes - kUsedValueTrytes).find_first_not_of('9') != std::string_view::npos)
        return fail(ErrorCode::InvalidArgument, "transaction value has more than 33 trits, expected at most the supply");
    t.obsoleteTag = in.field<Tag>();
    t.timestamp = in.number();
    t.currentIndex = in.number();
    t.lastIndex = in.number();
    t.bundle = in.field<Hash>();
    t.trunkTransaction = in.field<Hash>();
    t.branchTransaction = in.field<Hash>();
    t.tag = in.field<Tag>();
    t.attachmentTimestamp = in.number();
    t.attachmentTimestampLowerBound = in.number();
    t.attachmentTimestampUpperBound = in.number();
    t.nonce = in.field<Nonce>();
    return t;
}

TransactionTrytes serialize(const Transaction& t) {
    std::string out;
    out.reserve(TransactionTrytes::kTrytes);
    out += t.signatureMessageFragment.view();
    out += essence(t);
    out += t.bundle.view();
    out += t.trunkTransaction.view();
    out += t.branchTransaction.view();
    out += t.tag.view();
    out += numberTrytes(t.attachmentTimestamp);
    out += numberTrytes(t.attachmentTimestampLowerBound);
    out += numberTrytes(t.attachmentTimestampUpperBound);
    out += t.nonce.view();
    return *TransactionTrytes::parse(out);
}

int weight(const Hash& hash) {
    int count = 0;
    const auto trytes = hash.view();
    for (std::size_t i = trytes.size(); i-- > 0; count += 3) {
        const int size = std::abs(trinary::tryteValue(trytes[i]));
        if (size == 0) continue;
        if (size <= 1) return count + 2;
        return size <= 4 ? count + 1 : count;
    }
    return count;
}

Result<AttachedTransaction> AttachedTransaction::fromTrytes(const TransactionTrytes& trytes) {
    PEGASUS_TRY(auto transaction, parseTransaction(trytes));
    return AttachedTransaction{std::move(transaction), trytes, transactionHash(trytes)};
}

Result<void> validateTransaction(const AttachedTransaction& attached, int minWeightMagnitude, Timestamp now,
                                 Timestamp earliest) {
    const auto& t = attached.transaction;
    if (const int got = weight(attached.hash); got < minWeightMagnitude)
        return fail(ErrorCode::InvalidArgument, "transaction hash ends in {} zero trits, expected {}", got,
                    minWeightMagnitude);
    if (t.value > kSupply || t.value < -kSupply)
        return fail(ErrorCode::InvalidArgument, "transaction value {} is beyond the supply", t.value);
    if (t.currentIndex < 0 || t.currentIndex > t.lastIndex)
        return fail(ErrorCode::InvalidArgument, "transaction index {} is not within 0..{}", t.currentIndex, t.lastIndex);
    if (t.value != 0 && !endsInZeroTrit(t.address))
        return fail(ErrorCode::InvalidArgument, "the last trit of the address of a value transaction is not zero");
    return validateTimestamp(t, now, earliest);
}

Hash transactionHash(const TransactionTrytes& trytes) {
    return crypto::curlHash(crypto::CurlRounds::P81, trytes.view());
}

}  // namespace pegasus::model
