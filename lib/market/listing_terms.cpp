// SPDX-License-Identifier: Apache-2.0
// From a stream to its listing.
#include "market/listing_terms.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

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

/// Chip, serial number and date of calibration, as far as they are known and fit into `room`.
std::string sensorOf(const std::map<std::string, std::string>& provenance, std::size_t room) {
    std::string text;
    for (const auto& [key, before] : {std::pair("chip", ""), std::pair("serial", "serial "), std::pair("calibrated", "calibrated ")}) {
        const auto fact = provenance.find(key);
        if (fact == provenance.end() || fact->second.empty()) continue;
        const auto longer = text + (text.empty() ? "" : ", ") + before + fact->second;
        if (const auto quoted = jsonQuoted(longer); quoted && quoted->size() - 2 <= room) text = longer;
    }
    return text;
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
    terms.sensor = sensorOf(info.source.provenance, sensorRoom(terms));
    return terms;
}

}  // namespace pegasus::market
