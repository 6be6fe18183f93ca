// SPDX-License-Identifier: Apache-2.0
// Finding and reading transactions.
#include <algorithm>

#include "net.hpp"
#include "node/schema.hpp"
#include "node/transaction_table.hpp"

namespace pegasus::node {
namespace {

std::vector<model::Hash> sorted(std::vector<model::Hash> hashes) {
    std::ranges::sort(hashes);
    return hashes;
}

model::Tag tag(std::string_view text) { return *model::Tag::parsePadded(text); }

TEST(Find, TakesTheUnionWithinAListAndTheIntersectionBetweenLists) {
    Net net;
    net.milestone();
    const auto base = net.latest();
    const auto a = net.attach(message("AAA"), base, base);
    const auto b = net.attach(message("BBB"), base, base);
    net.store(a);
    net.store(b);
    const auto find = [&](Query query) { return sorted(net.find(std::move(query)).value()); };
    const auto both = sorted({a[0].hash, b[0].hash});
    EXPECT_EQ(find({.tags = {tag("AAA"), tag("BBB")}}), both);
    EXPECT_EQ(find({.approvees = {base}}), both);
    EXPECT_EQ(find({.tags = {tag("AAA")}, .approvees = {base}}), std::vector{a[0].hash});
    EXPECT_EQ(find({.bundles = {a[0].transaction.bundle}, .tags = {tag("BBB")}}),
              std::vector<model::Hash>{});
    EXPECT_EQ(find({.addresses = {Keys('Z').address(0)}, .tags = {tag("AAA")}}),
              std::vector<model::Hash>{});
    EXPECT_EQ(find({.addresses = {model::Address()}, .bundles = {a[0].transaction.bundle}}),
              std::vector{a[0].hash});
    EXPECT_EQ(net.find({}).error().code, ErrorCode::InvalidArgument);
}

/// One more row than find() may answer, all of one address and tag, every fourth of another bundle.
class Flooded : public testing::Test {
  protected:
    static constexpr Id kAddress = 2, kTag = 3, kBundle = 4, kOther = 5, kFirst = 10;
    static constexpr auto kRows = static_cast<Id>(kMaxFound) + 1;

    Flooded() {
        SQLite::Transaction transaction(connection_);
        SQLite::Statement row(connection_,
                              "INSERT INTO node_tx VALUES (?, 2, ?, 1, 1, 3, 3, 0, 0, 0, 0, 0, 0, "
                              "0, x'', x'', NULL)");
        for (Id id = kFirst; id < kFirst + kRows; ++id) {
            row.bind(1, id);
            row.bind(2, id % 4 == 0 ? kOther : kBundle);
            row.exec();
            row.reset();
        }
        transaction.commit();
    }
    static SQLite::Database opened() {
        SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        for (const auto step : migrations()) database.exec(std::string(step));
        return database;
    }

    store::Connection connection_ = opened();
    HashTable hashes_{connection_, TableKey{}};
    TransactionTable table_{connection_, hashes_};
};

TEST_F(Flooded, FindRefusesAnAnswerThatWouldBeCut) {
    EXPECT_EQ(table_.find({.addresses = {true, {kAddress}}}).error().code,
              ErrorCode::LimitExceeded);
    EXPECT_EQ(table_.find({.addresses = {true, {kAddress}}, .tags = {true, {kTag}}}).error().code,
              ErrorCode::LimitExceeded);
    const auto some = table_.find({.addresses = {true, {kAddress}}, .bundles = {true, {kOther}}});
    EXPECT_EQ(some.value().size(), static_cast<std::size_t>(kRows) / 4);
}

TEST_F(Flooded, AfterGoesThroughItInSteps) {
    const IdQuery query{.addresses = {true, {kAddress}}};
    EXPECT_EQ(table_.after(query, 0, 3), (std::vector<Id>{kFirst, kFirst + 1, kFirst + 2}));
    EXPECT_EQ(table_.after(query, kFirst + 2, 2), (std::vector<Id>{kFirst + 3, kFirst + 4}));
    const Id last = kFirst + kRows - 1;
    EXPECT_EQ(table_.after(query, last - 1, 3), (std::vector<Id>{last}));
    EXPECT_TRUE(table_.after(query, last, 3).empty());
    const IdQuery two{.bundles = {true, {kBundle, kOther}}};
    EXPECT_EQ(table_.after(two, last - 2, 9), (std::vector<Id>{last - 1, last}));
    EXPECT_TRUE(table_.after({.addresses = {true, {}}}, 0, 4).empty());
}

TEST(Find, LooksAtTheObsoleteTagOnlyIfNoTagMatches) {
    Net net;
    auto transactions = message("OLD");
    const auto obsolete = transactions[0].obsoleteTag;
    transactions[0].tag = tag("NEW");
    const auto a = net.attach(transactions);
    net.store(a);
    const auto find = [&](std::vector<model::Tag> tags) {
        return net.find({.tags = std::move(tags)}).value();
    };
    EXPECT_EQ(find({obsolete}), std::vector{a[0].hash});
    EXPECT_EQ(find({tag("NEW")}), std::vector{a[0].hash});
    auto other = message("OTHER");
    other[0].tag = obsolete;
    const auto b = net.attach(other);
    net.store(b);
    EXPECT_EQ(find({obsolete}), std::vector{b[0].hash});
    EXPECT_TRUE(find({tag("NOWHERE")}).empty());
}

TEST(Transactions, ComeBackInTheOrderAskedAndUnknownOnesAreAbsent) {
    Net net;
    const auto attached = net.attach(message("PARTS", 3));
    net.store(attached);
    const auto found =
        net.run(net.ledger->transactions({attached[2].hash, model::Hash(), attached[0].hash}))
            .value();
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0]->trytes, attached[2].trytes);
    EXPECT_FALSE(found[1]);
    EXPECT_EQ(found[2]->trytes, attached[0].trytes);
    std::vector<model::Hash> many(ledger::kMaxHashesPerCall + 1);
    EXPECT_EQ(net.run(net.ledger->transactions(many)).error().code, ErrorCode::LimitExceeded);
}

TEST(Stored, IsNotifiedOnceWithWhatIsNew) {
    Net net;
    std::vector<ledger::StoredTransaction> seen;
    const auto subscription =
        net.ledger->stored.add([&](const std::vector<ledger::StoredTransaction>& fresh) {
            seen.insert(seen.end(), fresh.begin(), fresh.end());
        });
    const auto attached = net.attach(message());
    net.store(attached);
    net.store(attached);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].hash, attached[0].hash);
    EXPECT_EQ(seen[0].address, attached[0].transaction.address);
}

TEST(TailInfo, RefusesUnknownAndInnerTransactions) {
    Net net;
    const auto attached = net.attach(message("PARTS", 2));
    net.store(attached);
    EXPECT_EQ(net.run(net.ledger->tailInfo(attached[1].hash)).error().code,
              ErrorCode::InvalidArgument);
    EXPECT_EQ(net.run(net.ledger->tailInfo(model::hashFrom(Keys('A').address(0)))).error().code,
              ErrorCode::NotFound);
    EXPECT_FALSE(net.info(attached[0].hash).shouldPromote);
}

}  // namespace
}  // namespace pegasus::node
