// SPDX-License-Identifier: Apache-2.0
// Listing, tags, hashcash: what goes out, what comes in, and junk.
#include "market/listing.hpp"

#include <gtest/gtest.h>

#include "market/hashcash.hpp"
#include "market/tags.hpp"
#include "model/text.hpp"
#include "support/test_loop.hpp"

namespace pegasus::market {
namespace {

const Timestamp kNow = fromMicros(1'600'000'000'000'000);
const Address kAddress = Address::parse(std::string(80, 'A') + "9").value();

crypto::Ed25519Key deviceKey(std::uint64_t seed = 1) {
    test::FakeRandom random(seed);
    return crypto::Ed25519Key::generate(random).value();
}

ListingTerms terms() {
    return {.name = "Café roof", .description = "Air \"outside\"", .place = {45.4642, 0}, .price = Iotas(250),
            .quantity = "temperature", .unit = "Cel", .interval = std::chrono::seconds(20)};
}

std::string encode(const ListingTerms& t, std::int64_t seq = 7) {
    auto text = encodeListing(t, kAddress, "roof", seq, deviceKey(), kNow, 1, {});
    EXPECT_TRUE(text) << (text ? "" : text.error().message);
    return text.value_or("");
}

std::string fragment(std::string_view text) {
    auto trytes = model::trytesFromText(text).value();
    trytes.resize(model::Fragment::kTrytes, '9');
    return trytes;
}

Result<Listing> decode(std::string_view text) { return decodeListing(fragment(text), kNow); }

TEST(Tags, AreTheOnesThatTheOriginalWrote) {
    EXPECT_EQ(tagOf("pegasus").value().view(), "GADDTCVCPCGDIDGDGA999999999");
    EXPECT_EQ(tagOf("pegasusv10y").value().view(), "GADDTCVCPCGDIDGDJDVAUAMDGA9");
    EXPECT_EQ(tagOf("pegasus-payment").value().view(), "GADDTCVCPCGDIDGDRADDPCMDADT");
    EXPECT_EQ(paymentTag().view(), "GAGA99999999999999999999999");
}

TEST(Tags, AreReadInEverySpelling) {
    const auto tags = spellingsOf("pegasus").value();
    for (const char* expected : {"GADDTCVCPCGDIDGDGA999999999", "DDTCVCPCGDIDGD9999999999999", "PEGASUS99999999999999999999",
                                 "GADDTCVCPCGDIDGDRADDPCMDADT", "DDTCVCPCGDIDGDRADDPCMDADTCB", "PEGASUS9PAYMENT999999999999"})
        EXPECT_NE(std::find(tags.begin(), tags.end(), model::Tag::parse(expected).value()), tags.end()) << expected;
}

TEST(Tags, RefuseWordsThatAreNotPrintableOrTooLong) {
    EXPECT_EQ(tagOf("é").error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(tagOf(std::string(kMaxTagWord + 1, 'a')).error().code, ErrorCode::InvalidArgument);
}

TEST(Hashcash, FindsWhatItsCheckAccepts) {
    const crypto::Bytes proof(32, 5);
    const auto nonce = findHashcash(proof, kNow, 99, kHashcashBits, {}).value();
    EXPECT_GE(hashcashBits(proof, nonce), kHashcashBits);
    EXPECT_EQ(hashcashMillis(nonce), 1'600'000'000'000U);
}

TEST(Hashcash, EndsWhenTheProgramStops) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(findHashcash(crypto::Bytes(32), kNow, 0, 256, stop.get_token()).error().code, ErrorCode::Cancelled);
}

TEST(Listing, IsReadAsItWasWritten) {
    const auto listing = decode(encode(terms())).value();
    EXPECT_EQ(listing.terms, terms());
    EXPECT_EQ(listing.address, kAddress);
    ASSERT_TRUE(listing.identity);
    EXPECT_EQ(listing.identity->key, deviceKey().publicKey());
    EXPECT_EQ(listing.identity->stream, "roof");
    EXPECT_EQ(listing.identity->seq, 7);
    EXPECT_GE(listing.workBits, kHashcashBits);
    EXPECT_FALSE(listing.closed);
}

TEST(Listing, CarriesBothSpellingsOfTheKeysAndNoNumberThatIsZero) {
    const auto text = encode(terms());
    for (const char* member : {"\"name\":\"Caf\\u00e9 roof\"", "\"deviceName\":\"Caf\\u00e9 roof\"", "\"lon\":\"0\"",
                               "\"long\":\"0\"", "\"lat\":45.464200", "\"complexity\":13"})
        EXPECT_NE(text.find(member), std::string::npos) << member;
}

TEST(Listing, FitsOneFragmentAtAllItsBounds) {
    ListingTerms longest{.name = std::string(kMaxNameLength, 'n'), .description = std::string(kMaxDescriptionLength, 'd'),
                         .place = {-89.999999, -179.999999}, .price = Iotas(model::kSupply),
                         .quantity = std::string(kMaxQuantityLength, 'q'), .unit = std::string(kMaxUnitLength, 'u'),
                         .interval = std::chrono::seconds(31'536'000)};
    const auto text = encodeListing(longest, kAddress, std::string(kMaxStreamIdLength, 's'), INT64_MAX, deviceKey(), kNow, 1, {});
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_LE(text->size(), kMaxListingLength);
    EXPECT_EQ(decode(*text).value().terms, longest);
}

TEST(Listing, SaysWhatTheSensorIsInTheRoomThatTheTextsLeave) {
    auto longest = ListingTerms{.name = std::string(kMaxNameLength, 'n'), .description = std::string(kMaxDescriptionLength, 'd'),
                                .place = {-89.999999, -179.999999}, .price = Iotas(model::kSupply),
                                .quantity = std::string(kMaxQuantityLength, 'q'), .unit = std::string(kMaxUnitLength, 'u'),
                                .interval = std::chrono::seconds(31'536'000)};
    EXPECT_EQ(sensorRoom(longest), 0U);
    longest.sensor = "BME280";
    EXPECT_EQ(checkTerms(longest).error().code, ErrorCode::InvalidArgument);
    for (const std::size_t shorter : {12U, 13U, 40U, 75U, 76U, 90U}) {
        longest.description.resize(kMaxDescriptionLength - shorter);
        EXPECT_EQ(sensorRoom(longest), std::min(shorter - 12, kMaxSensorLength));
        longest.sensor = std::string(sensorRoom(longest), 's');
        const auto text = encodeListing(longest, kAddress, std::string(kMaxStreamIdLength, 's'), INT64_MAX, deviceKey(), kNow, 1, {});
        ASSERT_TRUE(text) << text.error().message;
        EXPECT_LE(text->size(), kMaxListingLength);
        EXPECT_EQ(decode(*text).value().terms, longest);
        longest.sensor += 's';
        EXPECT_FALSE(checkTerms(longest));
    }
}

TEST(Listing, RefusesTermsThatCannotBeListed) {
    const auto refused = [](auto change) {
        auto t = terms();
        change(t);
        const auto outcome = checkTerms(t);
        return !outcome && outcome.error().code == ErrorCode::InvalidArgument;
    };
    EXPECT_TRUE(refused([](auto& t) { t.name.clear(); }));
    EXPECT_TRUE(refused([](auto& t) { t.name = std::string(kMaxTextLength / 2 + 1, 'x'); }));
    EXPECT_TRUE(refused([](auto& t) { t.name = "\xFF"; }));
    EXPECT_TRUE(refused([](auto& t) { t.price = Iotas(0); }));
    EXPECT_TRUE(refused([](auto& t) { t.place.latitude = 90.1; }));
    EXPECT_TRUE(refused([](auto& t) { t.place.longitude = std::numeric_limits<double>::quiet_NaN(); }));
    EXPECT_TRUE(refused([](auto& t) { t.unit = std::string(kMaxUnitLength + 1, 'u'); }));
    EXPECT_TRUE(refused([](auto& t) {
        t.description.clear();
        for (int i = 0; i < 100; ++i) t.description += "é";
    }));
}

TEST(Listing, IsNoLongerVerifiableWhenAnyCharacterChanges) {
    const auto text = encode(terms());
    int verified = 0;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        auto changed = text;
        changed[i] = changed[i] == '1' ? '2' : '1';
        const auto listing = decode(changed);
        if (listing && listing->identity) ++verified;
    }
    EXPECT_EQ(verified, 0);
}

TEST(Listing, IsRefusedAtEachTruncation) {
    const auto text = encode(terms());
    for (std::size_t n = 0; n < text.size(); ++n) EXPECT_FALSE(decode(text.substr(0, n))) << n;
}

TEST(Listing, OfAnotherKeyIsAnotherOffer) {
    const auto mine = decode(encode(terms(), 1)).value();
    const auto newer = decode(encode(terms(), 2)).value();
    const auto theirs =
        decode(encodeListing(terms(), kAddress, "roof", 1, deviceKey(2), kNow, 1, {}).value()).value();
    EXPECT_EQ(offerIdOf(mine), offerIdOf(newer));
    EXPECT_NE(offerIdOf(mine), offerIdOf(theirs));
    EXPECT_EQ(offerIdOf(mine).size(), 32U);
}

TEST(Listing, ClosesASaleWithoutWhatOlderReadersNeed) {
    const auto text = encodeClosing("roof", 9, deviceKey(), kNow, 1, {}).value();
    EXPECT_EQ(text.find("name"), std::string::npos);
    const auto listing = decode(text).value();
    EXPECT_TRUE(listing.closed);
    EXPECT_EQ(offerIdOf(listing), offerIdOf(decode(encode(terms())).value()));
}

std::string legacy(std::string_view lat = "45.5", std::string_view price = "10") {
    return fmt::format(R"({{"name":"n","address":"{}","lat":{},"lon":"9.25","price":{},"description":"d"}})", kAddress.view(), lat,
                       price);
}

TEST(Listing, OfTheOriginalIsReadWithNumbersAndWithStrings) {
    for (const char* price : {"10", "\"10\"", "10.0"}) {
        const auto listing = decode(legacy("\"45.5\"", price)).value();
        EXPECT_EQ(listing.terms.price, Iotas(10));
        EXPECT_EQ(listing.terms.place, (Place{45.5, 9.25}));
        EXPECT_FALSE(listing.identity);
    }
    EXPECT_EQ(decode(legacy("0")).value().terms.place.latitude, 0);
}

TEST(Listing, OfThePaperIsReadWithItsSpelling) {
    const auto text = fmt::format(R"({{"deviceName":"p","address":"{}","lat":1,"long":2,"price":0}})", kAddress.view());
    const auto listing = decode(text).value();
    EXPECT_EQ(listing.terms.name, "p");
    EXPECT_EQ(listing.terms.place, (Place{1, 2}));
}

TEST(Listing, OfTheForerunnerIsUnwrapped) {
    EXPECT_EQ(decode(R"({"state":{"count":1},"message":)" + legacy() + "}").value().terms.name, "n");
}

TEST(Listing, RefusesJunkInEveryField) {
    for (const char* lat : {"91", "\"x\"", "null", "1e999", "true", "[]", "\"45.5 \\u0000\""}) EXPECT_FALSE(decode(legacy(lat))) << lat;
    for (const char* price : {"-1", "2779530283277762", "1.5", "\"\"", "\"1x\"", "99999999999999999999", "{}", "null"})
        EXPECT_FALSE(decode(legacy("1", price))) << price;
    for (const char* text : {"", "x", "[]", "1", "{}", "{\"name\":1}", "[[[[[[[[[[[[[[[[", "{\"name\":\" \"}"})
        EXPECT_FALSE(decode(text)) << text;
    auto badAddress = legacy();
    badAddress.replace(badAddress.find("AAAA"), 4, "aaaa");
    EXPECT_FALSE(decode(badAddress));
}

TEST(Listing, LosesControlCharactersOfAName) {
    auto text = legacy();
    text.replace(text.find("\"n\""), 3, R"("a\u001b[2J\u202eb")");
    EXPECT_EQ(decode(text).value().terms.name, "a [2J b");
}

TEST(Listing, SurvivesRandomTrytes) {
    test::FakeRandom random(3);
    for (int i = 0; i < 500; ++i) {
        std::array<std::uint8_t, 300> bytes{};
        random.fill(bytes);
        std::string trytes = i % 2 == 0 ? "OD" : "";
        for (const auto b : bytes) trytes += trinary::kAlphabet[b % 27];
        EXPECT_FALSE(decodeListing(trytes, kNow));
    }
}

}  // namespace
}  // namespace pegasus::market
