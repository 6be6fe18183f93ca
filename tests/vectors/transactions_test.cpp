// SPDX-License-Identifier: Apache-2.0
// Vectors g: transactions as trytes and as objects, their hashes.
#include "model/transaction.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

using model::Transaction;
using model::TransactionTrytes;

constexpr const char* kFile = "g_transactions.json";

void expectTexts(const Transaction& t, const json::object& o) {
    EXPECT_EQ(t.signatureMessageFragment.view(), text(o, "signatureMessageFragment"));
    EXPECT_EQ(t.address.view(), text(o, "address"));
    EXPECT_EQ(t.obsoleteTag.view(), text(o, "obsoleteTag"));
    EXPECT_EQ(t.bundle.view(), text(o, "bundle"));
    EXPECT_EQ(t.trunkTransaction.view(), text(o, "trunkTransaction"));
    EXPECT_EQ(t.branchTransaction.view(), text(o, "branchTransaction"));
    EXPECT_EQ(t.tag.view(), text(o, "tag"));
    EXPECT_EQ(t.nonce.view(), text(o, "nonce"));
}

void expectNumbers(const Transaction& t, const json::object& o) {
    EXPECT_EQ(t.value, integer(o, "value"));
    EXPECT_EQ(t.timestamp, integer(o, "timestamp"));
    EXPECT_EQ(t.currentIndex, integer(o, "currentIndex"));
    EXPECT_EQ(t.lastIndex, integer(o, "lastIndex"));
    EXPECT_EQ(t.attachmentTimestamp, integer(o, "attachmentTimestamp"));
    EXPECT_EQ(t.attachmentTimestampLowerBound, integer(o, "attachmentTimestampLowerBound"));
    EXPECT_EQ(t.attachmentTimestampUpperBound, integer(o, "attachmentTimestampUpperBound"));
}

void expectHashAndRoundTrip(const TransactionTrytes& trytes, const Transaction& t, const json::object& o) {
    EXPECT_EQ(model::transactionHash(trytes).view(), text(o, "hash"));
    EXPECT_EQ(model::serialize(t), trytes);
}

TEST(VectorsG, TransactionsAreParsedHashedAndWrittenBack) {
    for (const auto& c : cases(kFile)) {
        const auto trytes = TransactionTrytes::parse(text(c.as_object(), "trytes")).value();
        const auto& o = c.at("object").as_object();
        const auto t = model::parseTransaction(trytes).value();
        expectTexts(t, o);
        expectNumbers(t, o);
        expectHashAndRoundTrip(trytes, t, o);
    }
}

TEST(VectorsG, RandomTrytesAreParsedOrRefusedAsByTheGenerators) {
    for (const auto& c : cases(kFile, "random")) {
        const auto trytes = TransactionTrytes::parse(text(c.as_object(), "trytes")).value();
        const auto& o = c.at("object").as_object();
        const auto t = model::parseTransaction(trytes);
        ASSERT_EQ(t.has_value(), !o.contains("error"));
        if (!t) continue;
        expectTexts(*t, o);  // numbers beyond 2^53 are not exact in the object
        expectHashAndRoundTrip(trytes, *t, o);
    }
}

}  // namespace
}  // namespace pegasus::vectors
