// SPDX-License-Identifier: Apache-2.0
// What the objects show.
#include "daemon/objects/rows.hpp"

#include <gtest/gtest.h>

#include "daemon/objects/paging.hpp"
#include "daemon/objects/published_log.hpp"
#include "daemon/objects/stream_terms.hpp"

namespace pegasus::daemon {
namespace {

market::Offer offerOf(std::string name, std::int64_t price) {
    market::Offer offer;
    offer.id = name + "-id";
    offer.terms.name = std::move(name);
    offer.terms.price = model::Iotas(price);
    return offer;
}

wallet::WalletStatus walletOf(bool exists, bool locked, bool restoring) {
    wallet::WalletStatus status;
    status.exists = exists;
    status.locked = locked;
    status.restoring = restoring;
    return status;
}

stream::Published messageOf(std::string stream, std::uint64_t index, std::string payload) {
    stream::Published message;
    message.stream = std::move(stream);
    message.message = index;
    message.payload = std::move(payload);
    return message;
}

TEST(Rows, AWalletIsScanningBeforeItIsUnlocked) {
    EXPECT_EQ(stateOf(walletOf(false, true, false)), "absent");
    EXPECT_EQ(stateOf(walletOf(true, true, false)), "locked");
    EXPECT_EQ(stateOf(walletOf(true, false, true)), "scanning");
    EXPECT_EQ(stateOf(walletOf(true, false, false)), "unlocked");
}

TEST(Rows, AStreamThatIsHeldUpWaits) {
    stream::StreamInfo info;
    EXPECT_EQ(stateOf(info), "publishing");
    info.lastError = "no node";
    EXPECT_EQ(stateOf(info), "waiting");
    info.paused = true;
    EXPECT_EQ(stateOf(info), "paused");
}

TEST(Rows, AStreamWithoutReadingsIsSilentAndSaysWhy) {
    stream::StreamInfo info;
    info.lastError = "no node";
    info.source.problem = "no good reading comes: gone";
    info.source.state = stream::SourceState::Starting;
    EXPECT_EQ(stateOf(info), "waiting");
    info.lastError.clear();
    EXPECT_EQ(stateOf(info), "starting");
    EXPECT_EQ(problemOf(info), "");
    info.source.state = stream::SourceState::Silent;
    EXPECT_EQ(stateOf(info), "silent");
    EXPECT_EQ(problemOf(info), "no good reading comes: gone");
    info.paused = true;
    EXPECT_EQ(stateOf(info), "paused");
    EXPECT_EQ(problemOf(info), "");
}

TEST(Rows, AStreamThatWaitsForReadingsIsNotForSale) {
    market::ListingInfo listing;
    listing.state = market::ListingState::Waiting;
    EXPECT_FALSE(bus::flagAt(rowOf(stream::StreamInfo(), &listing), "announced"));
    listing.state = market::ListingState::Announcing;
    EXPECT_TRUE(bus::flagAt(rowOf(stream::StreamInfo(), &listing), "announced"));
}

TEST(Rows, AnOfferShowsUnitAndInterval) {
    auto offer = offerOf("air", 5);
    offer.terms.unit = "Cel";
    offer.terms.interval = 20s;
    EXPECT_EQ(bus::textAt(rowOf(offer, false), "unit"), "Cel");
    EXPECT_EQ(bus::integerAt(rowOf(offer, false), "interval"), 20'000'000);
}

TEST(Rows, AnOrderSaysWhatItWaitsFor) {
    market::Order order;
    order.waits = market::OrderWait::Unlock;
    EXPECT_EQ(bus::textAt(rowOf(order), "waits-for"), "unlock");
    EXPECT_EQ(bus::textAt(rowOf(order), "reason"), "waits for the wallet to be unlocked");
    order.reason = "the wallet is locked: unlock it to pay";
    EXPECT_EQ(bus::textAt(rowOf(order), "reason"), order.reason);
}

TEST(Rows, EarningsAreWhatLiesOnAnnouncedAddresses) {
    const auto at = [](char c) { return model::Address::parse(std::string(80, c) + "9").value(); };
    const std::vector<market::HeldAddress> held{{at('A'), "roof", true, {}}, {at('B'), "roof", false, fromMicros(7)}, {at('C'), "air", true, {}}};
    std::vector<wallet::OwnAddress> own(3);
    own[0].address = at('B');
    own[0].balance = model::Iotas(10);
    own[1].address = at('A');
    own[1].balance = model::Iotas(20);
    own[2].address = at('C');
    const auto rows = earningRows(held, own);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(bus::integerAt(rows[0], "amount"), 20);
    EXPECT_TRUE(bus::flagAt(rows[0], "announced"));
    EXPECT_FALSE(rows[0].contains("spendable"));
    EXPECT_EQ(bus::integerAt(rows[1], "spendable"), 7);
}

TEST(Rows, AReadingWithoutAValueHasNone) {
    sensor::Reading reading;
    reading.value = 21.5;
    EXPECT_EQ(rowOf(reading).at("value"), bus::Value(21.5));
    reading.value.reset();
    EXPECT_FALSE(rowOf(reading).contains("value"));
}

TEST(Rows, TextOfASellerCannotSteerATerminal) {
    auto offer = offerOf("air\x1b[2J", 5);
    offer.terms.description = "line\nbreak\xFF";
    const auto row = rowOf(offer, false);
    EXPECT_EQ(bus::textAt(row, "name"), "air\xEF\xBF\xBD[2J");
    EXPECT_EQ(bus::textAt(row, "description"), "line break\xEF\xBF\xBD");
}

TEST(Rows, APayloadIsValidUtf8) {
    market::Message message;
    message.payload = std::string("a\0b\xC3", 4);
    EXPECT_EQ(bus::textAt(rowOf(message), "payload"), "a\xEF\xBF\xBD" "b\xEF\xBF\xBD");
}

TEST(Rows, AnOrderNamesItsSubscriptionOnceActive) {
    market::Order order;
    order.id = "abc";
    order.state = market::OrderState::KeyReceived;
    EXPECT_EQ(bus::textAt(rowOf(order), "subscription"), "");
    EXPECT_FALSE(rowOf(order).contains("active"));
    order.state = market::OrderState::Active;
    order.active = fromMicros(5);
    EXPECT_EQ(bus::textAt(rowOf(order), "subscription"), "abc");
    EXPECT_EQ(bus::integerAt(rowOf(order), "active"), 5);
}

TEST(Rows, TimesOfAnOrderNeverGoBack) {
    market::Order order;
    order.created = fromMicros(1'000);
    order.paid = fromMicros(2'000);
    order.confirmed = fromMicros(35'000);  // seen after the reply
    order.keyReceived = fromMicros(5'000);
    order.active = fromMicros(6'000);
    order.firstReading = fromMicros(900);  // the clock was set back
    const auto row = rowOf(order);
    std::int64_t before = 0;
    for (const auto* key : {"created", "paid", "confirmed", "key-received", "active", "first-reading"}) {
        EXPECT_GE(bus::integerAt(row, key), before) << key;
        before = bus::integerAt(row, key);
    }
    EXPECT_EQ(bus::integerAt(row, "created"), 1'000);
    EXPECT_EQ(bus::integerAt(row, "paid"), 2'000);
    EXPECT_EQ(bus::integerAt(row, "key-received"), bus::integerAt(row, "confirmed"));
    EXPECT_FALSE(rowOf(market::Order()).contains("paid"));
}

TEST(Rows, TimesOfAPaymentNeverGoBack) {
    market::Payment payment;
    payment.seen = fromMicros(9'000);
    payment.confirmed = fromMicros(8'000);
    payment.delivered = fromMicros(7'000);
    const auto row = rowOf(payment);
    EXPECT_EQ(bus::integerAt(row, "confirmed"), 9'000);
    EXPECT_EQ(bus::integerAt(row, "delivered"), 9'000);
    payment.confirmed.reset();
    EXPECT_FALSE(rowOf(payment).contains("confirmed"));
}

TEST(Rows, ProgressRisesWithTheState) {
    std::uint32_t before = 0;
    for (auto state = 0; state <= static_cast<int>(market::OrderState::Active); ++state) {
        const auto now = progressOf(static_cast<market::OrderState>(state));
        EXPECT_TRUE(state == 0 || now > before);
        before = now;
    }
    EXPECT_EQ(before, 100U);
}

TEST(Rows, TrailingNinesAreNoPartOfAMessage) {
    model::AttachedTransaction attached;
    EXPECT_EQ(bus::textAt(rowOf(attached, false), "message"), "");
    attached.transaction.signatureMessageFragment = *model::Fragment::parsePadded("A9B");
    EXPECT_EQ(bus::textAt(rowOf(attached, true), "message"), "A9B");
}

TEST(Paging, WalksThroughAllPages) {
    std::vector<std::string> items;
    for (int i = 0; i < 25; ++i) items.push_back(std::to_string(i));
    std::vector<std::string> seen;
    std::string cursor;
    do {
        const auto page = pageOf(items, 10, cursor, [](const auto& s) { return s; },
                                 [](const auto& s) { return bus::Dict{{"s", s}}; });
        ASSERT_TRUE(page);
        for (const auto& row : page->rows) seen.push_back(bus::textAt(row, "s"));
        cursor = page->next;
    } while (!cursor.empty());
    EXPECT_EQ(seen, items);
}

TEST(Paging, BoundsTheLimit) {
    EXPECT_EQ(pageSize(0), bus::kDefaultPage);
    EXPECT_EQ(pageSize(5), 5U);
    EXPECT_EQ(pageSize(~0U), bus::kMaxPage);
}

TEST(Paging, RefusesForeignCursors) {
    for (const auto* bad : {"x", "-1", "1x", "99999999999999999999", " 1"}) EXPECT_FALSE(numberCursor(bad)) << bad;
    EXPECT_EQ(numberCursor("17").value(), 17);
    EXPECT_EQ(numberCursor("").value(), std::nullopt);
    const std::vector<int> none;
    EXPECT_FALSE(pageOf(none, 1, "gone", [](int) { return std::string(); }, [](int) { return bus::Dict(); }));
}

TEST(PublishedLog, ShowsTheNewestFirstAndKeepsItsPlace) {
    PublishedLog log;
    for (std::uint64_t i = 0; i < 5; ++i) log.add(messageOf("s", i, "p"), fromMicros(1));
    const auto first = log.page("s", 2, "").value();
    ASSERT_EQ(first.rows.size(), 2U);
    EXPECT_EQ(bus::integerAt(first.rows[0], "index"), 4);
    log.add(messageOf("s", 5, "p"), fromMicros(2));
    const auto second = log.page("s", 10, first.next).value();
    ASSERT_EQ(second.rows.size(), 3U);
    EXPECT_EQ(bus::integerAt(second.rows[0], "index"), 2);
    EXPECT_EQ(second.next, "");
    EXPECT_TRUE(log.page("other", 10, "").value().rows.empty());
}

TEST(PublishedLog, IsBoundedInCountAndBytes) {
    PublishedLog log;
    for (std::uint64_t i = 0; i < kLoggedMessages + 10; ++i) log.add(messageOf("s", i, ""), fromMicros(1));
    std::size_t rows = 0;
    std::string cursor;
    do {
        const auto page = log.page("s", 1000, cursor).value();
        rows += page.rows.size();
        cursor = page.next;
    } while (!cursor.empty());
    EXPECT_EQ(rows, kLoggedMessages);
    for (int i = 0; i < 100; ++i)
        log.add(messageOf("big", 0, std::string(kLoggedBytes / 10, 'x')), fromMicros(1));
    EXPECT_LE(log.page("big", 1000, "").value().rows.size(), 10U);
}

TEST(PublishedLog, ForgetsRemovedStreams) {
    PublishedLog log;
    log.add(messageOf("gone", 0, "p"), fromMicros(1));
    log.keepOnly({"kept"});
    EXPECT_TRUE(log.page("gone", 10, "").value().rows.empty());
}

TEST(StreamTerms, TakesDefaultsFromTheGateway) {
    const auto made = newStream("a", "cpu", {{"price", 100}, {"paused", true}}, {"", 48.1, 11.5}).value();
    EXPECT_EQ(made.spec.latitude, 48.1);
    EXPECT_EQ(made.spec.longitude, 11.5);
    EXPECT_EQ(made.spec.price, model::Iotas(100));
    EXPECT_EQ(made.spec.batch, 1);
    EXPECT_TRUE(made.paused);
    EXPECT_FALSE(made.spec.quantity);
}

TEST(StreamTerms, AStreamWithoutANameIsCalledByTheGatewayAndItsId) {
    const GatewayTerms mast{"mast", 48.1, 11.5};
    EXPECT_EQ(newStream("roof", "cpu", {}, mast)->spec.name, "mast roof");
    EXPECT_EQ(newStream("roof", "cpu", {{"name", "air"}}, mast)->spec.name, "air");
    EXPECT_EQ(newStream("roof", "cpu", {}, {"", 48.1, 11.5})->spec.name, "");
    EXPECT_FALSE(newStream(std::string(40, 'a'), "cpu", {}, {std::string(40, 'b'), 48.1, 11.5}));
}

TEST(StreamTerms, RefusesWhatItDoesNotKnow) {
    EXPECT_FALSE(newStream("a", "cpu", {{"prize", 1}}, {"", 0, 0}));
    EXPECT_FALSE(newStream("a", "cpu", {{"price", -1}}, {"", 0, 0}));
    EXPECT_FALSE(newStream("a", "cpu", {{"batch", std::int64_t{1} << 40}}, {"", 0, 0}));
    EXPECT_FALSE(newStream("a b", "cpu", {}, {"", 0, 0}));
}

TEST(StreamTerms, AnnouncingChangesOnlyWhatIsGiven) {
    stream::StreamSpec spec;
    spec.id = "a";
    spec.name = "Air";
    spec.sensor = "cpu";
    spec.description = "before";
    const auto changed = withTerms(spec, 7, {{"description", "after"}}).value();
    EXPECT_EQ(changed.name, "Air");
    EXPECT_EQ(changed.description, "after");
    EXPECT_EQ(changed.price, model::Iotas(7));
    EXPECT_FALSE(withTerms(spec, ~std::uint64_t{0}, {}));
    EXPECT_FALSE(withTerms(spec, 7, {{"latitude", 91.0}}));
}

}  // namespace
}  // namespace pegasus::daemon
