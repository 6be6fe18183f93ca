// SPDX-License-Identifier: Apache-2.0
// Reader: everything once, in bounded steps, the newest at once, whatever anybody puts beside it.
#include <algorithm>
#include <set>

#include "fixture.hpp"
#include "ledger/reader.hpp"

namespace pegasus::ledger {
namespace {

struct ReaderTest : LedgerTest {
    ReaderTest() { options.perStep = 10; }

    /// Zero-value transactions at an address, not worked for.
    std::vector<Hash> junk(crypto::KeyIndex address, int count) {
        std::vector<Hash> hashes;
        for (int i = 0; i < count; ++i) {
            model::Transaction transaction;
            transaction.address = at(address);
            transaction.timestamp = ++time_;
            const auto trytes = model::serialize(transaction);
            ledger.inject(trytes);
            hashes.push_back(model::transactionHash(trytes));
        }
        return hashes;
    }
    std::vector<Hash> look(Reader& reader) {
        const auto look = loop.run(reader.look());
        EXPECT_TRUE(look) << look.error().message;
        std::vector<Hash> hashes;
        for (const auto& one : look->fresh) hashes.push_back(one.hash);
        EXPECT_LE(hashes.size(), 2 * options.perStep);
        more = look->more;
        return hashes;
    }
    /// Looks until there is no more; nothing comes twice.
    std::size_t readAll(Reader& reader) {
        std::set<std::string> seen;
        for (int i = 0; i < 1000; ++i) {
            for (const auto& hash : look(reader)) EXPECT_TRUE(seen.insert(hash.str()).second);
            if (!more) return seen.size();
        }
        ADD_FAILURE() << "no end";
        return 0;
    }
    Reader readerOf(std::vector<crypto::KeyIndex> indices) {
        Reader reader(ledger, options);
        reader.watch(addresses(indices));
        return reader;
    }
    std::vector<Address> addresses(const std::vector<crypto::KeyIndex>& indices) {
        std::vector<Address> list;
        for (const auto index : indices) list.push_back(at(index));
        return list;
    }

    ReaderOptions options;
    bool more = false;
    std::int64_t time_ = 0;
};

TEST_F(ReaderTest, GivesEachTransactionOnceInBoundedSteps) {
    junk(0, 95);
    junk(1, 3);
    junk(2, 50);
    auto reader = readerOf({0, 1});
    EXPECT_FALSE(reader.caughtUp());
    EXPECT_EQ(readAll(reader), 98U);
    EXPECT_TRUE(reader.caughtUp());
    EXPECT_TRUE(look(reader).empty());
    EXPECT_EQ(ledger.transactionsGiven(), 98U);
}

TEST_F(ReaderTest, GivesTheNewestAtOnceHoweverMuchIsBehind) {
    junk(0, 500);
    auto reader = readerOf({0});
    (void)look(reader);
    const auto news = junk(0, 1);
    const auto next = look(reader);
    EXPECT_NE(std::ranges::find(next, news.front()), next.end());
    EXPECT_EQ(readAll(reader), 500U - 20U);
}

TEST_F(ReaderTest, ALookThatFindsNothingCostsOneQuery) {
    junk(0, 500);
    auto reader = readerOf({0});
    (void)readAll(reader);
    const auto before = ledger.findCalls();
    (void)look(reader);
    EXPECT_EQ(ledger.findCalls(), before + 1);
}

TEST_F(ReaderTest, ReadsOfANewNameWhatWasThereBefore) {
    junk(0, 5);
    junk(1, 25);
    auto reader = readerOf({0});
    EXPECT_EQ(readAll(reader), 5U);
    reader.watch(addresses({0, 1}));
    EXPECT_FALSE(reader.caughtUp());
    EXPECT_EQ(readAll(reader), 25U);
    reader.watch(addresses({1}));
    junk(0, 1);
    EXPECT_EQ(readAll(reader), 0U);
}

TEST_F(ReaderTest, LosesNothingWhenTheLedgerForgetsWhereItWas) {
    junk(0, 30);
    auto reader = readerOf({0});
    EXPECT_EQ(readAll(reader), 30U);
    junk(0, 7);
    ledger.knobs.forgetsCursors = true;
    auto given = look(reader).size();
    ledger.knobs.forgetsCursors = false;
    given += readAll(reader);
    EXPECT_EQ(given, 7U);
}

TEST_F(ReaderTest, LosesNothingWhenTheLedgerFails) {
    junk(0, 30);
    auto reader = readerOf({0});
    std::size_t given = 0;
    for (int i = 0; i < 40; ++i) {
        ledger.knobs.failTransactions = i % 2 == 0;
        if (const auto got = loop.run(reader.look())) given += got->fresh.size();
    }
    EXPECT_EQ(given, 30U);
}

TEST_F(ReaderTest, AsksAgainForWhatIsToldOfAndNotThere) {
    junk(0, 5);
    auto reader = readerOf({0});
    ledger.knobs.hidesTransactions = true;
    EXPECT_TRUE(look(reader).empty());
    EXPECT_FALSE(reader.caughtUp());
    ledger.knobs.hidesTransactions = false;
    EXPECT_EQ(readAll(reader), 5U);
    EXPECT_TRUE(reader.caughtUp());
}

TEST_F(ReaderTest, BoundsWhatANodeInvents) {
    ledger.knobs.noCursors = true;
    ledger.knobs.hidesTransactions = true;
    junk(0, 3000);
    auto reader = readerOf({0});
    for (int i = 0; i < 400; ++i) {
        const auto looked = look(reader);
        EXPECT_TRUE(looked.empty());
    }
    ledger.knobs.hidesTransactions = false;
    junk(0, 1);
    EXPECT_GE(readAll(reader), 1U);  // what comes now is given all the same
}

TEST_F(ReaderTest, SaysWhatALedgerWithoutCursorsHides) {
    ledger.knobs.noCursors = true;
    ledger.knobs.showsAtMost = 60;
    junk(0, 100);
    junk(1, 5);
    auto reader = readerOf({0, 1});
    EXPECT_EQ(readAll(reader), 65U);
    EXPECT_TRUE(reader.incomplete());
    EXPECT_FALSE(reader.caughtUp());
    reader.watch(addresses({1}));
    EXPECT_EQ(readAll(reader), 0U);
    EXPECT_FALSE(reader.incomplete());
    junk(1, 1);
    EXPECT_EQ(readAll(reader), 1U);
}

TEST_F(ReaderTest, GoesFromALedgerWithoutCursorsToOneThatHasThem) {
    ledger.knobs.noCursors = true;
    junk(0, 15);
    auto reader = readerOf({0});
    EXPECT_EQ(readAll(reader), 15U);
    junk(0, 2);
    ledger.knobs.noCursors = false;
    EXPECT_EQ(readAll(reader), 2U);
}

}  // namespace
}  // namespace pegasus::ledger
