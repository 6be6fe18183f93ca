// SPDX-License-Identifier: Apache-2.0
// Which offers a filter lets through.
#include "daemon/objects/offer_filter.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace pegasus::daemon {
namespace {

const Timestamp kNow = fromMicros(1'700'000'000'000'000);

market::Offer offerOf(const std::string& name, std::int64_t price) {
    market::Offer offer;
    offer.id = "00112233445566778899aabbccddeeff";
    offer.terms.name = name;
    offer.terms.quantity = "Temperature";
    offer.terms.price = model::Iotas(price);
    offer.terms.place = {45.0703, 7.6869};
    offer.announced = kNow - std::chrono::hours(2);
    return offer;
}

bool passes(bus::Dict filter, const market::Offer& offer) { return OfferFilter::parse(std::move(filter)).value().passes(offer, kNow); }

std::string refusal(bus::Dict filter) {
    const auto parsed = OfferFilter::parse(std::move(filter));
    return parsed ? "" : parsed.error().message;
}

TEST(OfferFilter, PassesWhatMatchesAll) {
    const bus::Dict filter{{"text", "AIR"}, {"max-price", std::uint64_t{10}}};
    EXPECT_TRUE(passes(filter, offerOf("Clean air", 10)));
    EXPECT_FALSE(passes(filter, offerOf("Clean air", 11)));
    EXPECT_FALSE(passes(filter, offerOf("Water", 1)));
    EXPECT_TRUE(passes({}, offerOf("Water", 1)));
    EXPECT_FALSE(passes({{"verified", true}}, offerOf("Clean air", 1)));
}

TEST(OfferFilter, KnowsPricesFromAndTo) {
    EXPECT_TRUE(passes({{"min-price", std::uint64_t{10}}, {"max-price", std::uint64_t{10}}}, offerOf("a", 10)));
    EXPECT_FALSE(passes({{"min-price", std::uint64_t{11}}}, offerOf("a", 10)));
    EXPECT_FALSE(passes({{"max-price", std::uint64_t{0}}}, offerOf("a", 1)));
}

TEST(OfferFilter, KnowsThePlace) {
    const bus::Dict milan{{"latitude", 45.4642}, {"longitude", 9.19}};
    auto near = milan;
    near["within"] = 130'000.0;
    EXPECT_TRUE(passes(near, offerOf("a", 1)));
    near["within"] = 120'000.0;
    EXPECT_FALSE(passes(near, offerOf("a", 1)));
    EXPECT_TRUE(passes(milan, offerOf("a", 1)));
    EXPECT_NEAR(*OfferFilter::parse(milan)->distanceOf(offerOf("a", 1)), 125'700, 700);
    EXPECT_FALSE(OfferFilter::parse({})->distanceOf(offerOf("a", 1)));
}

TEST(OfferFilter, KnowsTheAge) {
    const auto hours = [](std::uint64_t h) { return bus::Dict{{"max-age", h * 3'600'000'000U}}; };
    EXPECT_TRUE(passes(hours(2), offerOf("a", 1)));
    EXPECT_FALSE(passes(hours(1), offerOf("a", 1)));
    EXPECT_TRUE(passes({{"max-age", std::int64_t{std::numeric_limits<std::int64_t>::max()}}}, offerOf("a", 1)));
}

TEST(OfferFilter, KnowsTheQuantityWholeAndTheIdentifierByItsBeginning) {
    EXPECT_TRUE(passes({{"quantity", "temperature"}}, offerOf("a", 1)));
    EXPECT_FALSE(passes({{"quantity", "temp"}}, offerOf("a", 1)));
    auto several = offerOf("a", 1);
    several.terms.quantity = "humidity,Temperature";
    EXPECT_TRUE(passes({{"quantity", "temperature"}}, several));
    EXPECT_TRUE(passes({{"quantity", "humidity,temperature"}}, several));
    EXPECT_FALSE(passes({{"quantity", "temp"}}, several));
    EXPECT_TRUE(passes({{"id", "001122"}}, offerOf("a", 1)));
    EXPECT_TRUE(passes({{"id", "00112233445566778899AABBCCDDEEFF"}}, offerOf("a", 1)));
    EXPECT_FALSE(passes({{"id", "112233"}}, offerOf("a", 1)));
}

TEST(OfferFilter, RefusesWhatMakesNoSense) {
    EXPECT_NE(refusal({{"colour", "red"}}), "");
    EXPECT_NE(refusal({{"max-price", "10"}}), "");
    EXPECT_NE(refusal({{"min-price", std::int64_t{-1}}}), "");
    EXPECT_NE(refusal({{"latitude", 45.0}}), "");
    EXPECT_NE(refusal({{"latitude", 91.0}, {"longitude", 0.0}}), "");
    EXPECT_NE(refusal({{"latitude", std::numeric_limits<double>::quiet_NaN()}, {"longitude", 0.0}}), "");
    EXPECT_NE(refusal({{"within", 5.0}}), "");
    EXPECT_NE(refusal({{"latitude", 1.0}, {"longitude", 1.0}, {"within", -1.0}}), "");
}

}  // namespace
}  // namespace pegasus::daemon
