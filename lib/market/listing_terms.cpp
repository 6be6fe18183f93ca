// SPDX-License-Identifier: Apache-2.0
// From a stream to its listing.
#include "market/listing_terms.hpp"

#include <algorithm>
#include <functional>

#include "market/json_text.hpp"
#include "market/listing.hpp"

namespace pegasus::market {

namespace {

/// Length in a listing, without quotes.
std::size_t lengthOf(const std::string& text) {
    const auto quoted = jsonQuoted(text);
    return quoted ? quoted->size() - 2 : text.size();
}

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : ",") + word;
    return all;
}

/// As many quantities as fit, and dots where there are more.
std::string quantitiesOf(std::vector<std::string> names) {
    auto text = joined(names);
    while (names.size() > 1 && lengthOf(text) > kMaxQuantityLength) {
        names.pop_back();
        text = joined(names) + ",...";
    }
    return text;
}

/// One for all, or one for each where they fit; else nothing, since half of them would mislead.
std::string unitsOf(const std::vector<std::string>& units) {
    if (std::ranges::adjacent_find(units, std::ranges::not_equal_to()) == units.end()) return units.front();
    auto text = joined(units);
    return lengthOf(text) <= kMaxUnitLength ? text : std::string();
}

}  // namespace

ListingTerms termsOf(const stream::StreamInfo& info) {
    const auto& spec = info.spec;
    ListingTerms terms;
    terms.name = spec.name.empty() ? spec.id : spec.name;
    terms.description = spec.description;
    terms.place = {spec.latitude, spec.longitude};
    terms.price = spec.price;
    terms.quantity = spec.quantity.value_or("");
    terms.interval = std::chrono::ceil<std::chrono::seconds>(info.source.interval);
    std::vector<std::string> names, units;
    for (const auto& channel : info.source.channels) {
        names.push_back(channel.quantity);
        units.push_back(channel.unit);
    }
    if (names.empty()) return terms;
    terms.quantity = quantitiesOf(std::move(names));
    terms.unit = unitsOf(units);
    return terms;
}

}  // namespace pegasus::market
