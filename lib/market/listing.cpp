// SPDX-License-Identifier: Apache-2.0
// The listing of a stream. docs/protocol.md, "Listing".
//
//   {"name","deviceName","lat","lon","long","address","price","description",      what older readers need
//    "v","key","stream","seq"[,"quantity"][,"unit"][,"interval"][,"sensor"]        ours        } body
//    ,"prove":{"proof": SHA-256 of the body so far,"nonce","complexity"}           hashcash
//    ,"sig"}                                                                       over all before it
#include "market/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/value.hpp>
#include <cmath>

#include "market/hashcash.hpp"
#include "market/json_text.hpp"
#include "market/signed_text.hpp"

namespace pegasus::market {

namespace json = boost::json;

namespace {

constexpr std::string_view kProve = ",\"prove\":{";

/// 128 bits of SHA-256, as text.
std::string shortHash(std::string_view text) {
    const auto digest = crypto::sha256(text);
    return crypto::toHex(std::span(digest).first(16));
}

std::string_view textOf(const crypto::Ed25519PublicKey& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

bool validPlace(const Place& place) {
    return std::abs(place.latitude) <= 90 && std::abs(place.longitude) <= 180;  // false for NaN
}

/// Length of the text in JSON, without quotes.
Result<std::size_t> escapedLength(std::string_view field, std::string_view text) {
    const auto json = jsonQuoted(text);
    if (!json) return fail(ErrorCode::InvalidArgument, "the {} is not valid UTF-8", field);
    return json->size() - 2;
}

Result<void> checkLength(std::string_view field, std::string_view text, std::size_t limit) {
    PEGASUS_TRY(const auto length, escapedLength(field, text));
    if (length > limit)
        return fail(ErrorCode::InvalidArgument, "the {} takes {} characters of a listing, expected at most {} (é takes 6)",
                    field, length, limit);
    return {};
}

constexpr std::size_t kSensorMember = std::string_view(",\"sensor\":\"\"").size();

std::string identityMembers(std::string_view stream, std::int64_t seq, const crypto::Ed25519Key& key) {
    return fmt::format("\"v\":1,\"key\":\"{}\",\"stream\":\"{}\",\"seq\":{}", crypto::toBase64(key.publicKey()), stream, seq);
}

/// Adds hashcash over what is there, then the signature.
Result<std::string> seal(std::string body, const crypto::Ed25519Key& key, Timestamp now, std::uint64_t random,
                         const std::stop_token& stop) {
    const auto proof = crypto::sha256(body);
    PEGASUS_TRY(const auto nonce, findHashcash(proof, now, random, kHashcashBits, stop));
    body += fmt::format("{}\"proof\":\"{}\",\"nonce\":\"{}\",\"complexity\":{}}}", kProve, crypto::toHex(proof),
                        crypto::toBase64(nonce), kHashcashBits);
    PEGASUS_TRY(auto text, signText(kListingContext, std::move(body), key));
    if (text.size() >= kMaxListingLength)
        return fail(ErrorCode::InvalidArgument, "the listing has {} characters, expected less than {}", text.size(),
                    kMaxListingLength);
    return text;
}

Result<void> checkStream(std::string_view stream) {
    const auto plain = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (stream.empty() || stream.size() > kMaxStreamIdLength || !std::all_of(stream.begin(), stream.end(), plain))
        return fail(ErrorCode::InvalidArgument, "stream id of {} characters: expected 1 to {} of printable ASCII",
                    stream.size(), kMaxStreamIdLength);
    return {};
}

struct Hashcash {
    int bits = 0;
    crypto::Bytes proof;
};

/// The hashcash as the original's verifier takes it: proof and complexity come from the message.
std::optional<Hashcash> readHashcash(const json::object& object, Timestamp now) {
    const auto* prove = object.if_contains("prove");
    if (prove == nullptr || !prove->is_object()) return std::nullopt;
    const auto proofText = rawMember(prove->get_object(), "proof", 64);
    const auto nonceText = rawMember(prove->get_object(), "nonce", 44);
    const auto complexity = integerMember(prove->get_object(), "complexity");
    if (!proofText || !nonceText || !complexity || *complexity < 1 || *complexity > 256) return std::nullopt;
    auto proof = crypto::fromHex(*proofText);
    const auto nonce = crypto::fromBase64(*nonceText);
    if (!proof || !nonce || nonce->size() < 8 || nonce->size() > 32) return std::nullopt;
    const auto age = static_cast<std::int64_t>(std::min<std::uint64_t>(hashcashMillis(*nonce), INT64_MAX / 2)) - toMillis(now);
    if (std::abs(age) > std::chrono::duration_cast<std::chrono::milliseconds>(kHashcashAge).count()) return std::nullopt;
    const int bits = hashcashBits(*proof, *nonce);
    if (bits < *complexity) return std::nullopt;
    return Hashcash{bits, std::move(*proof)};
}

Result<ListingTerms> readTerms(const json::object& object) {
    const auto either = [&object](const char* a, const char* b) { return object.contains(a) ? a : b; };
    ListingTerms terms;
    terms.name = textMember(object, either("name", "deviceName"), 400).value_or("");
    if (terms.name.find_first_not_of(' ') == std::string::npos)
        return fail(ErrorCode::InvalidArgument, "a listing without a name");
    const auto latitude = numberMember(object, "lat");
    const auto longitude = numberMember(object, object.contains("lon") ? "lon" : either("long", "lng"));
    if (!latitude || !longitude || !validPlace({*latitude, *longitude}))
        return fail(ErrorCode::InvalidArgument, "a listing without a valid place");
    terms.place = {*latitude, *longitude};
    const auto price = integerMember(object, "price");
    if (!price || *price < 0 || *price > model::kSupply)
        return fail(ErrorCode::InvalidArgument, "a listing without a valid price");
    terms.price = Iotas(*price);
    terms.description = textMember(object, "description", 1000).value_or("");
    terms.quantity = textMember(object, "quantity", 64).value_or("");
    terms.unit = textMember(object, "unit", 64).value_or("");
    terms.sensor = textMember(object, "sensor", kMaxSensorLength).value_or("");
    const auto interval = integerMember(object, "interval").value_or(0);
    if (interval > 0 && interval <= 31'536'000) terms.interval = std::chrono::seconds(interval);
    return terms;
}

/// The identity of a listing that carries a key; all of it must hold.
Result<ListingIdentity> verifyIdentity(const json::object& object, std::string_view text,
                                       const std::optional<Hashcash>& work) {
    const auto refused = [](const char* what) {
        return fail(ErrorCode::AuthenticationFailed, "a listing with a device key and {}", what);
    };
    ListingIdentity identity;
    const auto key = crypto::fromBase64(rawMember(object, "key", 44).value_or("-"));
    if (!key || key->size() != identity.key.size()) return refused("not 32 bytes of it");
    std::copy(key->begin(), key->end(), identity.key.begin());
    identity.stream = rawMember(object, "stream", kMaxStreamIdLength).value_or("");
    identity.seq = integerMember(object, "seq").value_or(0);
    if (!checkStream(identity.stream) || identity.seq < 1) return refused("no valid stream and seq");
    const auto body = text.substr(0, text.rfind(kProve));
    const auto expected = crypto::sha256(body);
    if (!work || work->bits < kHashcashBits || !std::equal(expected.begin(), expected.end(), work->proof.begin(), work->proof.end()))
        return refused("no proof of work over its text");
    if (!isSignedBy(kListingContext, text, identity.key)) return refused("no valid signature");
    return identity;
}

}  // namespace

std::string deviceIdOf(const crypto::Ed25519PublicKey& key) { return shortHash(textOf(key)); }

OfferId offerIdOf(const crypto::Ed25519PublicKey& key, std::string_view stream) {
    return shortHash(fmt::format("signed\n{}{}", textOf(key), stream));
}

OfferId offerIdOf(const Listing& listing) {
    if (listing.identity) return offerIdOf(listing.identity->key, listing.identity->stream);
    return shortHash(fmt::format("plain\n{}{}", listing.address.view(), listing.terms.name));
}

std::size_t sensorRoom(const ListingTerms& terms) {
    const auto taken = 2 * escapedLength("name", terms.name).value_or(0) + escapedLength("description", terms.description).value_or(0) + kSensorMember;
    return taken >= kMaxTextLength ? 0 : std::min(kMaxSensorLength, kMaxTextLength - taken);
}

Result<void> checkTerms(const ListingTerms& terms) {
    PEGASUS_TRY(const auto name, escapedLength("name", terms.name));
    PEGASUS_TRY(const auto description, escapedLength("description", terms.description));
    if (name == 0) return fail(ErrorCode::InvalidArgument, "a listing needs a name");
    if (2 * name + description > kMaxTextLength)
        return fail(ErrorCode::InvalidArgument,
                    "name and description are too long for one listing: twice {} and {} characters, expected {} in all "
                    "(é takes 6)",
                    name, description, kMaxTextLength);
    PEGASUS_CHECK(checkLength("quantity", terms.quantity, kMaxQuantityLength));
    PEGASUS_CHECK(checkLength("unit", terms.unit, kMaxUnitLength));
    PEGASUS_CHECK(checkLength("sensor", terms.sensor, sensorRoom(terms)));
    if (terms.price < Iotas(1) || terms.price > Iotas(model::kSupply))
        return fail(ErrorCode::InvalidArgument, "a price of {} i, expected 1 to {}", terms.price.count(), model::kSupply);
    if (!validPlace(terms.place))
        return fail(ErrorCode::InvalidArgument, "place {}, {}: expected -90..90 and -180..180 degrees", terms.place.latitude,
                    terms.place.longitude);
    return {};
}

Result<std::string> encodeListing(const ListingTerms& terms, const Address& address, std::string_view stream,
                                  std::int64_t seq, const crypto::Ed25519Key& key, Timestamp now, std::uint64_t random,
                                  const std::stop_token& stop) {
    PEGASUS_CHECK(checkTerms(terms));
    PEGASUS_CHECK(checkStream(stream));
    PEGASUS_TRY(const auto name, jsonQuoted(terms.name));
    PEGASUS_TRY(const auto description, jsonQuoted(terms.description));
    PEGASUS_TRY(const auto quantity, jsonQuoted(terms.quantity));
    PEGASUS_TRY(const auto unit, jsonQuoted(terms.unit));
    PEGASUS_TRY(const auto sensor, jsonQuoted(terms.sensor));
    const auto degrees = [](double value) {
        const auto micro = std::llround(value * 1e6);  // 0.1 m; a short text without exponent
        if (micro == 0) return std::string("\"0\"");   // the original takes the number 0 for a missing value
        return fmt::format("{}{}.{:06}", micro < 0 ? "-" : "", std::abs(micro) / 1'000'000, std::abs(micro) % 1'000'000);
    };
    const auto longitude = degrees(terms.place.longitude);
    auto body = fmt::format(
        "{{\"name\":{0},\"deviceName\":{0},\"lat\":{1},\"lon\":{2},\"long\":{2},\"address\":\"{3}\",\"price\":{4},"
        "\"description\":{5},{6}",
        name, degrees(terms.place.latitude), longitude, address.view(), terms.price.count(), description,
        identityMembers(stream, seq, key));
    if (!terms.quantity.empty()) body += ",\"quantity\":" + quantity;
    if (!terms.unit.empty()) body += ",\"unit\":" + unit;
    if (terms.interval.count() > 0) body += fmt::format(",\"interval\":{}", terms.interval.count());
    if (!terms.sensor.empty()) body += ",\"sensor\":" + sensor;
    return seal(std::move(body), key, now, random, stop);
}

Result<std::string> encodeClosing(std::string_view stream, std::int64_t seq, const crypto::Ed25519Key& key, Timestamp now,
                                  std::uint64_t random, const std::stop_token& stop) {
    PEGASUS_CHECK(checkStream(stream));
    return seal(fmt::format("{{{},\"closed\":true", identityMembers(stream, seq, key)), key, now, random, stop);
}

Result<Listing> decodeListing(std::string_view fragmentTrytes, Timestamp now) {
    PEGASUS_TRY(const auto text, messageText(fragmentTrytes.substr(0, model::Fragment::kTrytes), kMaxListingLength));
    PEGASUS_TRY(auto object, parseObject(text));
    // The forerunner of February 2019 wraps the listing.
    if (auto* inner = object.if_contains("message"); inner != nullptr && inner->is_object() && !object.contains("key")) {
        auto unwrapped = std::move(inner->get_object());
        object = std::move(unwrapped);
    }
    Listing listing;
    const auto work = readHashcash(object, now);
    listing.workBits = work ? work->bits : 0;
    if (object.contains("key")) {
        PEGASUS_TRY(listing.identity, verifyIdentity(object, text, work));
        const auto* closed = object.if_contains("closed");
        listing.closed = closed != nullptr && closed->is_bool() && closed->get_bool();
        if (listing.closed) return listing;
    }
    PEGASUS_TRY(listing.terms, readTerms(object));
    PEGASUS_TRY(listing.address, model::parseAddress(rawMember(object, "address", 90).value_or("")));
    return listing;
}

}  // namespace pegasus::market
