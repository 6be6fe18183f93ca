// SPDX-License-Identifier: Apache-2.0
// The filter of Market.ListOffers. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "bus/value.hpp"
#include "market/types.hpp"

namespace pegasus::daemon {

/// Each key that is given must hold.
class OfferFilter {
public:
    /// text, id, quantity, min-price, max-price, max-age, latitude, longitude, within, verified, as the XML says them.
    /// InvalidArgument: an unknown key, a wrong type or range, half of a place, a distance from nowhere.
    [[nodiscard]] static Result<OfferFilter> parse(bus::Dict dict);

    [[nodiscard]] bool passes(const market::Offer& offer, Timestamp now) const;
    /// Metres from the place that was asked for.
    [[nodiscard]] std::optional<double> distanceOf(const market::Offer& offer) const;

private:
    [[nodiscard]] bool mentions(const market::ListingTerms& terms) const;

    std::string text_;      // lower case, as are the two below
    std::string id_;
    std::string quantity_;
    std::optional<std::int64_t> minPrice_;
    std::optional<std::int64_t> maxPrice_;
    std::optional<Duration> maxAge_;
    std::optional<market::Place> near_;
    std::optional<double> within_;
    bool verifiedOnly_ = false;
};

}  // namespace pegasus::daemon
