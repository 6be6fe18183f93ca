// SPDX-License-Identifier: Apache-2.0
// OfferFilter.
#include "daemon/objects/offer_filter.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>

#include "market/place.hpp"

namespace pegasus::daemon {
namespace {

constexpr std::int64_t kMaxAge = 4'000'000'000'000'000;  // microseconds; more than a century is all

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

/// Whether the word is all of the text, or an item of it between commas.
bool lists(std::string_view text, std::string_view word) {
    for (auto rest = text;;) {
        const auto comma = rest.find(',');
        if (rest.substr(0, comma) == word) return true;
        if (comma == std::string_view::npos) return text == word;
        rest.remove_prefix(comma + 1);
    }
}

Result<std::optional<std::int64_t>> natural(bus::Options& options, const std::string& key) {
    if (!options.has(key)) return std::optional<std::int64_t>();
    PEGASUS_TRY(const auto value, options.integer(key));
    if (value < 0) return fail(ErrorCode::InvalidArgument, "option '{}' is negative", key);
    return std::optional(value);
}

/// Within [least, most], so that NaN is not.
Result<std::optional<double>> numberIn(bus::Options& options, const std::string& key, double least, double most) {
    if (!options.has(key)) return std::optional<double>();
    PEGASUS_TRY(const auto value, options.number(key));
    if (!(value >= least && value <= most))
        return fail(ErrorCode::InvalidArgument, "option '{}' is {}, expected {} to {}", key, value, least, most);
    return std::optional(value);
}

Result<std::optional<market::Place>> place(bus::Options& options) {
    PEGASUS_TRY(const auto latitude, numberIn(options, "latitude", -90, 90));
    PEGASUS_TRY(const auto longitude, numberIn(options, "longitude", -180, 180));
    if (latitude.has_value() != longitude.has_value())
        return fail(ErrorCode::InvalidArgument, "latitude and longitude belong together");
    if (!latitude) return std::optional<market::Place>();
    return std::optional(market::Place{*latitude, *longitude});
}

}  // namespace

Result<OfferFilter> OfferFilter::parse(bus::Dict dict) {
    bus::Options options(std::move(dict));
    OfferFilter filter;
    PEGASUS_TRY(const auto text, options.text("text"));
    PEGASUS_TRY(const auto id, options.text("id"));
    PEGASUS_TRY(const auto quantity, options.text("quantity"));
    filter.text_ = lower(text);
    filter.id_ = lower(id);
    filter.quantity_ = lower(quantity);
    PEGASUS_TRY(filter.minPrice_, natural(options, "min-price"));
    PEGASUS_TRY(filter.maxPrice_, natural(options, "max-price"));
    PEGASUS_TRY(const auto age, natural(options, "max-age"));
    if (age) filter.maxAge_ = Duration(std::min(*age, kMaxAge));
    PEGASUS_TRY(filter.near_, place(options));
    PEGASUS_TRY(filter.within_, numberIn(options, "within", 0, 1e9));
    if (filter.within_ && !filter.near_)
        return fail(ErrorCode::InvalidArgument, "within what distance of where? give latitude and longitude");
    PEGASUS_TRY(filter.verifiedOnly_, options.flag("verified"));
    PEGASUS_CHECK(options.done());
    return filter;
}

std::optional<double> OfferFilter::distanceOf(const market::Offer& offer) const {
    if (!near_) return std::nullopt;
    return metresBetween(*near_, offer.terms.place);
}

bool OfferFilter::mentions(const market::ListingTerms& terms) const {
    return std::ranges::any_of(
        std::array{std::string_view(terms.name), std::string_view(terms.description), std::string_view(terms.quantity)},
        [this](std::string_view field) { return lower(field).find(text_) != std::string::npos; });
}

bool OfferFilter::passes(const market::Offer& offer, Timestamp now) const {
    const auto price = offer.terms.price.count();
    if (verifiedOnly_ && !offer.verified) return false;
    if (!offer.id.starts_with(id_)) return false;
    if (minPrice_ && price < *minPrice_) return false;
    if (maxPrice_ && price > *maxPrice_) return false;
    if (maxAge_ && offer.announced + *maxAge_ < now) return false;
    if (!quantity_.empty() && !lists(lower(offer.terms.quantity), quantity_)) return false;
    if (within_ && *distanceOf(offer) > *within_) return false;
    return text_.empty() || mentions(offer.terms);
}

}  // namespace pegasus::daemon
