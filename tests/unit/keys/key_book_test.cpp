// SPDX-License-Identifier: Apache-2.0
// KeyBook: an index signs one bundle, ever, across restarts too.
#include "keys/key_book.hpp"

#include <gtest/gtest.h>

#include "keys/schema.hpp"
#include "support/test_loop.hpp"

namespace pegasus::keys {
namespace {

using model::Address;
using model::Hash;
using test::TempDir;
using test::TestLoop;

constexpr auto kLevel = crypto::SecurityLevel::Two;

Address addressAt(int i) { return Address::parsePadded(std::string(1, static_cast<char>('A' + i))).value(); }
Hash bundle(std::string_view name) { return Hash::parsePadded(name).value(); }

std::vector<DerivedKey> derived(int count) {
    std::vector<DerivedKey> keys;
    for (int i = 0; i < count; ++i) keys.push_back({{static_cast<crypto::KeyIndex>(i), kLevel}, addressAt(i)});
    return keys;
}

struct Book : testing::Test {
    Book() { reopen(); }
    void reopen() {
        db.reset();
        db = store::Database::open({.path = dir.path() / "state.db"}, {kSchema}).value();
        book = std::make_unique<KeyBook>(*db, "wallet");
    }
    ErrorCode codeOf(Task<void> task) { return loop.run(std::move(task)).error().code; }
    void must(Task<void> task) {
        const auto outcome = loop.run(std::move(task));
        ASSERT_TRUE(outcome) << outcome.error().message;
    }
    KeyEntry entry(int i) { return loop.run(book->find(addressAt(i))).value().value(); }

    TempDir dir;
    TestLoop loop;
    std::unique_ptr<store::Database> db;
    std::unique_ptr<KeyBook> book;
};

TEST_F(Book, HandsOutEachIndexOnceInOrder) {
    must(book->add(derived(2)));
    EXPECT_EQ(loop.run(book->handOut("first")).value().key.index, 0U);
    reopen();
    EXPECT_EQ(loop.run(book->handOut("second")).value().key.index, 1U);
    EXPECT_EQ(loop.run(book->handOut("third")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(entry(0).purpose, "first");
}

TEST_F(Book, LetsAnIndexSignTheSameBundleAgainAndNoOther) {
    must(book->add(derived(1)));
    must(book->reserveForSigning({0}, bundle("ONE")));
    reopen();
    must(book->reserveForSigning({0}, bundle("ONE")));
    EXPECT_EQ(codeOf(book->reserveForSigning({0}, bundle("TWO"))), ErrorCode::AddressSpent);
    EXPECT_EQ(entry(0).bundle, bundle("ONE"));
}

TEST_F(Book, ReservesAllOrNone) {
    must(book->add(derived(3)));
    must(book->reserveForSigning({1}, bundle("ONE")));
    EXPECT_EQ(codeOf(book->reserveForSigning({0, 1, 2}, bundle("TWO"))), ErrorCode::AddressSpent);
    EXPECT_EQ(entry(0).state, KeyState::Ready);
    EXPECT_FALSE(entry(0).bundle.has_value());
    EXPECT_EQ(codeOf(book->reserveForSigning({0, 9}, bundle("TWO"))), ErrorCode::NotFound);
    EXPECT_EQ(entry(0).state, KeyState::Ready);
}

std::vector<SpentKey> claimed(crypto::KeyIndex index) { return {SpentKey{index, std::nullopt}}; }

TEST_F(Book, NeverHandsOutWhatHasSignedOrWasSpent) {
    must(book->add(derived(3)));
    must(book->reserveForSigning({0}, bundle("ONE")));
    must(book->markSpent(claimed(1)));
    EXPECT_EQ(loop.run(book->handOut("x")).value().key.index, 2U);
}

TEST_F(Book, DoesNotLetAHeldKeySign) {
    must(book->add(derived(1)));
    must(book->hold(addressAt(0), true));
    reopen();
    EXPECT_EQ(codeOf(book->reserveForSigning({0}, bundle("ONE"))), ErrorCode::InvalidState);
    must(book->hold(addressAt(0), false));
    must(book->reserveForSigning({0}, bundle("ONE")));
}

TEST_F(Book, CountsWhatWasAnnouncedAsHandedOut) {
    must(book->add(derived(1)));
    must(book->hold(addressAt(0), true));
    must(book->hold(addressAt(0), false));
    EXPECT_EQ(entry(0).state, KeyState::HandedOut);
}

TEST_F(Book, RefusesToHoldWhatHasSigned) {
    must(book->add(derived(1)));
    must(book->reserveForSigning({0}, bundle("ONE")));
    EXPECT_EQ(codeOf(book->hold(addressAt(0), true)), ErrorCode::InvalidState);
    EXPECT_EQ(codeOf(book->hold(addressAt(5), true)), ErrorCode::NotFound);
}

TEST_F(Book, RefusesToSignWhatTheLedgerCallsSpent) {
    must(book->add(derived(1)));
    must(book->markSpent(claimed(0)));
    EXPECT_EQ(codeOf(book->reserveForSigning({0}, bundle("ONE"))), ErrorCode::AddressSpent);
}

TEST_F(Book, DoubtsOnlyWhatNothingProves) {
    must(book->add(derived(3)));
    must(book->markSpent(claimed(0)));
    must(book->markSpent({SpentKey{1, bundle("PROOF")}}));
    must(book->reserveForSigning({2}, bundle("OURS")));
    must(book->markSpent(claimed(2)));
    must(book->doubtSpent({0, 1, 2}));
    EXPECT_EQ(entry(0).state, KeyState::HandedOut);
    EXPECT_EQ(entry(1).state, KeyState::Spent);
    EXPECT_EQ(entry(2).state, KeyState::Spent);
    EXPECT_EQ(entry(1).bundle, bundle("PROOF"));
    EXPECT_EQ(entry(2).bundle, bundle("OURS"));
    must(book->reserveForSigning({0}, bundle("NEXT")));
}

TEST_F(Book, KeepsStatesWhenKeysAreAddedAgain) {
    must(book->add(derived(2)));
    must(book->markSpent(claimed(0)));
    must(book->addAs(derived(2), KeyState::HandedOut, "restored"));
    EXPECT_EQ(entry(0).state, KeyState::Spent);
    EXPECT_EQ(entry(1).state, KeyState::HandedOut);
}

TEST_F(Book, NoticesAnotherSeed) {
    must(book->add(derived(1)));
    EXPECT_EQ(codeOf(book->add({{{0, kLevel}, addressAt(7)}})), ErrorCode::Corrupt);
}

TEST_F(Book, KeepsAccountsApart) {
    KeyBook treasury(*db, "treasury");
    must(book->add(derived(3)));
    EXPECT_EQ(loop.run(treasury.nextIndex()).value(), 0U);
    EXPECT_EQ(loop.run(book->nextIndex()).value(), 3U);
    EXPECT_EQ(loop.run(treasury.handOut("x")).error().code, ErrorCode::NotFound);
}

TEST_F(Book, CountsAndPeeksWithoutHandingOut) {
    must(book->add(derived(2)));
    EXPECT_EQ(loop.run(book->page(KeyState::Ready, 0, 5)).value().front().key.index, 0U);
    EXPECT_EQ(loop.run(book->countReady()).value(), 2U);
    EXPECT_EQ(loop.run(book->entries(KeyState::Ready)).value().size(), 2U);
    EXPECT_EQ(loop.run(book->entries(KeyState::Spent)).value().size(), 0U);
}

}  // namespace
}  // namespace pegasus::keys
