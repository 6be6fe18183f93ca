// SPDX-License-Identifier: Apache-2.0
// Transactions: the layout, weight, what one must satisfy by itself; addresses with checksums.
#include "model/transaction.hpp"

#include <gtest/gtest.h>

#include "support/test_loop.hpp"

namespace pegasus::model {
namespace {

TransactionTrytes randomTrytes(pegasus::test::FakeRandom& random) {
    std::vector<std::uint8_t> bytes(TransactionTrytes::kTrytes);
    random.fill(bytes);
    std::string trytes;
    for (const auto byte : bytes) trytes += trinary::kAlphabet[byte % 27U];
    trytes.replace(2268 + 11, 16, 16, '9');
    return TransactionTrytes::parse(trytes).value();
}

Transaction sample() {
    Transaction t;
    t.address = Address::parse(std::string(80, 'A') + "9").value();
    t.value = 5;
    t.timestamp = 1'600'000'000;
    t.lastIndex = 3;
    t.attachmentTimestamp = 1'600'000'000'123;
    return t;
}

AttachedTransaction attached(const Transaction& t) { return AttachedTransaction::fromTrytes(serialize(t)).value(); }

TEST(Transaction, RandomTrytesComeBack) {
    pegasus::test::FakeRandom random;
    for (int i = 0; i < 50; ++i) {
        const auto trytes = randomTrytes(random);
        EXPECT_EQ(serialize(parseTransaction(trytes).value()), trytes);
    }
}

TEST(Transaction, TheExtremesComeBack) {
    for (const std::int64_t value : {kSupply, -kSupply, std::int64_t{0}}) {
        for (const std::int64_t number : {kMaxTimestampValue, -kMaxTimestampValue, std::int64_t{0}}) {
            auto t = sample();
            t.value = value;
            t.timestamp = t.currentIndex = t.lastIndex = number;
            t.attachmentTimestamp = t.attachmentTimestampLowerBound = t.attachmentTimestampUpperBound = number;
            EXPECT_EQ(parseTransaction(serialize(t)).value(), t);
        }
    }
}

TEST(Transaction, AnyUpperTritOfTheValueIsRefused) {
    for (std::size_t at = 2268 + 11; at < 2268 + 27; ++at) {
        auto text = serialize(sample()).str();
        text[at] = 'A';
        EXPECT_FALSE(parseTransaction(TransactionTrytes::parse(text).value())) << at;
    }
}

TEST(Transaction, EachTruncationIsNoTransaction) {
    const auto text = serialize(sample()).str();
    for (std::size_t size = 0; size < text.size(); size += 13) EXPECT_FALSE(TransactionTrytes::parse(text.substr(0, size)));
    EXPECT_FALSE(TransactionTrytes::parse(text + "9"));
}

TEST(Transaction, FieldsAreWhereTheLayoutSays) {
    auto t = sample();
    t.obsoleteTag = Tag::parsePadded("OBSOLETE").value();
    t.bundle = Hash::parsePadded("BUNDLE").value();
    t.trunkTransaction = Hash::parsePadded("TRUNK").value();
    t.branchTransaction = Hash::parsePadded("BRANCH").value();
    t.tag = Tag::parsePadded("TAG").value();
    t.nonce = Nonce::parsePadded("NONCE").value();
    const auto text = serialize(t).str();
    for (const auto& [at, field] : std::vector<std::pair<std::size_t, std::string>>{
             {2187, "AAAA"}, {2268, "E9"}, {2295, "OBSOLETE9"}, {2340, "C9"}, {2349, "BUNDLE9"}, {2430, "TRUNK9"},
             {2511, "BRANCH9"}, {2592, "TAG9"}, {2646, "NONCE9"}})
        EXPECT_EQ(text.substr(at, field.size()), field);
}

TEST(Weight, CountsTrailingZeroTrits) {
    EXPECT_EQ(weight(Hash()), 243);
    const std::vector<std::pair<std::string, int>> ends{{"M", 0}, {"N", 0}, {"E", 0}, {"V", 0}, {"D", 1}, {"B", 1},
                                                        {"W", 1}, {"A", 2}, {"Z", 2}, {"A9", 5}, {"D999", 10}};
    for (const auto& [end, expected] : ends)
        EXPECT_EQ(weight(Hash::parse(std::string(81 - end.size(), 'M') + end).value()), expected) << end;
}

TEST(Weight, AgreesWithTheTrits) {
    for (int value = -13; value <= 13; ++value) {
        const auto hash = Hash::parse(std::string(79, 'K') + trinary::tryteChar(value) + "9").value();
        const auto trits = hash.trits();
        int count = 0;
        while (trits[trits.size() - 1 - static_cast<std::size_t>(count)] == 0) ++count;
        EXPECT_EQ(weight(hash), count) << value;
    }
}

class ValidateTransaction : public testing::Test {
protected:
    Timestamp now = fromMicros(1'600'000'000'000'000);
    Timestamp earliest = fromMicros(1'500'000'000'000'000);
    [[nodiscard]] bool valid(const Transaction& t) const {
        return validateTransaction(attached(t), 0, now, earliest).has_value();
    }
};

TEST_F(ValidateTransaction, AcceptsAProperOne) { EXPECT_TRUE(valid(sample())); }

TEST_F(ValidateTransaction, AsksForTheWeight) {
    const auto a = attached(sample());
    EXPECT_TRUE(validateTransaction(a, weight(a.hash), now, earliest));
    EXPECT_FALSE(validateTransaction(a, weight(a.hash) + 1, now, earliest));
}

TEST_F(ValidateTransaction, IndexesAreWithinTheBundle) {
    for (const auto& [current, last, good] : std::vector<std::tuple<int, int, bool>>{
             {0, 0, true}, {3, 3, true}, {4, 3, false}, {-1, 3, false}, {-2, -1, false}, {0, -1, false}}) {
        auto t = sample();
        t.currentIndex = current;
        t.lastIndex = last;
        EXPECT_EQ(valid(t), good) << current << " " << last;
    }
}

TEST_F(ValidateTransaction, OnlyValueAddressesMustEndInAZeroTrit) {
    auto t = sample();
    for (int value = -13; value <= 13; ++value) {
        t.address = Address::parse(std::string(80, 'A') + trinary::tryteChar(value)).value();
        t.value = -7;
        EXPECT_EQ(valid(t), std::abs(value) <= 4) << value;
        t.value = 0;
        EXPECT_TRUE(valid(t));
    }
}

TEST_F(ValidateTransaction, AValueBeyondTheSupplyIsRefused) {
    auto a = attached(sample());
    a.transaction.value = kSupply + 1;
    EXPECT_FALSE(validateTransaction(a, 0, now, earliest));
    a.transaction.value = -kSupply - 1;
    EXPECT_FALSE(validateTransaction(a, 0, now, earliest));
}

TEST_F(ValidateTransaction, TheAttachmentTimestampIsBounded) {
    const std::int64_t nowMs = toMillis(now);
    const std::int64_t tenMinutes = 600'000;
    for (const auto& [millis, good] : std::vector<std::pair<std::int64_t, bool>>{{nowMs + tenMinutes - 1, true},
                                                                               {nowMs + tenMinutes, false},
                                                                               {toMillis(earliest), true},
                                                                               {toMillis(earliest) - 1, false},
                                                                               {-1, false},
                                                                               {kMaxTimestampValue, false}}) {
        auto t = sample();
        t.attachmentTimestamp = millis;
        EXPECT_EQ(valid(t), good) << millis;
    }
}

TEST_F(ValidateTransaction, WithoutAnAttachmentTimestampTheTimestampCounts) {
    auto t = sample();
    t.attachmentTimestamp = 0;
    EXPECT_TRUE(valid(t));
    t.timestamp = 1'400'000'000;
    EXPECT_FALSE(valid(t));
    t.timestamp = kMaxTimestampValue;
    EXPECT_FALSE(valid(t));
}

TEST(ParseAddress, TakesEightyOneTrytesOrNinetyWithTheChecksum) {
    const auto address = Address::parse(std::string(80, 'H') + "9").value();
    const auto text = withChecksum(address);
    EXPECT_EQ(text.size(), 90U);
    EXPECT_EQ(parseAddress(text).value(), address);
    EXPECT_EQ(parseAddress(address.view()).value(), address);
    for (std::size_t size = 0; size < 90; ++size)
        EXPECT_EQ(parseAddress(text.substr(0, size)).has_value(), size == 81) << size;
    EXPECT_FALSE(parseAddress(text + "9"));
}

TEST(ParseAddress, AnyOtherCharacterBreaksTheChecksum) {
    const auto text = withChecksum(Address::parse(std::string(80, 'H') + "9").value());
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char c : {'A', 'a', ' '}) {
            auto bad = text;
            bad[at] = bad[at] == c ? 'B' : c;
            EXPECT_FALSE(parseAddress(bad)) << at;
        }
    }
}

TEST(Iotas, SumsBeyondTheSupplyAreRefused) {
    EXPECT_EQ(Iotas(1).plus(Iotas(2)).value(), Iotas(3));
    EXPECT_FALSE(Iotas(kSupply).plus(Iotas(1)));
    EXPECT_FALSE(Iotas(-kSupply).minus(Iotas(1)));
    EXPECT_FALSE(Iotas::of(kSupply + 1));
    EXPECT_TRUE(Iotas::of(-kSupply));
}

}  // namespace
}  // namespace pegasus::model
