// SPDX-License-Identifier: Apache-2.0
// Listing, request, reply, data message: reading is total, and a changed signed text is never verified.
#include <array>

#include "fuzz/fuzz.hpp"
#include "fuzz/trytes_input.hpp"
#include "market/data_message.hpp"
#include "market/json_text.hpp"
#include "market/listing.hpp"
#include "market/payment_request.hpp"
#include "market/reply.hpp"
#include "model/text.hpp"

using namespace pegasus;
using fuzz::require;

namespace {

const Timestamp kNow = fromMicros(1'600'000'000'000'000);

const crypto::Ed25519Key& deviceKey() {
    static const auto key = crypto::Ed25519Key::fromBytes(SecretBytes(std::size_t{32})).value();
    return key;
}

const std::string& listingText() {
    static const std::string text = [] {
        market::ListingTerms terms;
        terms.name = "Roof";
        terms.price = model::Iotas(5);
        return market::encodeListing(terms, {}, "roof", 1, deviceKey(), kNow, 1, {}).value();
    }();
    return text;
}

void read(const std::string& trytes) {
    if (const auto listing = market::decodeListing(trytes, kNow)) {
        require(listing->closed || std::abs(listing->terms.place.latitude) <= 90, "a place is in range");
        require(listing->terms.price.count() >= 0 && listing->terms.price.count() <= model::kSupply, "so is a price");
        require(!listing->identity || listing->workBits > 0, "an identity has work");
    }
    (void)market::decodeRequest(trytes);
    (void)market::commitmentOf(trytes);
    (void)market::decodeReply(trytes);
}

/// The input overwrites a part of a valid listing.
void breakListing(const std::uint8_t* data, std::size_t size) {
    auto text = listingText();
    const auto at = (data[0] * 256U + data[1]) % text.size();
    for (std::size_t i = 2; i < size && i < 12 && at + i - 2 < text.size(); ++i) text[at + i - 2] = static_cast<char>(data[i] & 0x7F);
    const auto trytes = model::trytesFromText(text);
    if (!trytes) return;
    const auto listing = market::decodeListing(*trytes, kNow);
    require(text == listingText() || !listing || !listing->identity || listing->identity->key != deviceKey().publicKey(),
            "a changed listing is not verified");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    read(fuzz::trytesOf(data, size, size));
    if (const auto trytes = model::trytesFromText(text)) read(*trytes);
    if (const auto readings = market::decodeReadings(text))
        require(!readings->empty() && readings->size() <= market::kMaxReadings, "readings are bounded");
    const auto clean = market::cleanText(text, 100);
    require(clean.size() <= 100 && market::cleanText(clean, 100) == clean, "clean text stays as it is");
    if (size >= 3) breakListing(data, size);
    return 0;
}
