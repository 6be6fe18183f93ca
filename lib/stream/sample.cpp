// SPDX-License-Identifier: Apache-2.0
// Samples and the text of messages.
#include "stream/sample.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cmath>

#include "model/text.hpp"

namespace pegasus::stream {
namespace {

std::string jsonQuoted(std::string_view text) {
    const auto serialized = boost::json::serialize(boost::json::string(boost::json::string_view(text.data(), text.size())));
    if (auto escaped = model::escapeNonAscii(serialized)) return *std::move(escaped);
    std::string plain(text);
    std::ranges::replace_if(plain, [](char c) { return static_cast<unsigned char>(c) > 0x7E; }, '?');
    return boost::json::serialize(boost::json::string(plain.c_str(), plain.size()));
}

/// The shortest decimal that reads back as the same double.
std::string number(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? fmt::format("{}", *value) : std::string("null");
}

std::string object(const sensor::Reading& reading) {
    const auto flaw = reading.quality == sensor::Quality::Good ? std::string_view() : sensor::flawName(reading.reason);
    return fmt::format(R"({{"data":{},"timestamp":{},"unit":{},"quantity":{},"quality":{}{}}})", number(reading.value),
                       toMillis(reading.time), jsonQuoted(reading.unit), jsonQuoted(reading.quantity),
                       jsonQuoted(sensor::qualityName(reading.quality)), flaw.empty() ? "" : fmt::format(R"(,"reason":"{}")", flaw));
}

bool isArray(const Sample& sample) { return sample.json.starts_with('['); }

/// The objects of a sample without brackets, the first with the number of samples left out before it.
std::string objects(const Sample& sample) {
    auto text = isArray(sample) ? sample.json.substr(1, sample.json.size() - 2) : sample.json;
    if (sample.omitted > 0) text.insert(1, fmt::format(R"("omitted":{},)", sample.omitted));  // after its brace
    return text;
}

}  // namespace

std::string encodeSample(std::span<const sensor::Reading> readings) {
    if (readings.size() == 1) return object(readings.front());
    std::string text = "[";
    for (const auto& reading : readings) text += (text.size() > 1 ? "," : "") + object(reading);
    return text + "]";
}

std::string composeMessage(std::span<const Sample> samples) {
    if (samples.size() == 1 && !isArray(samples.front())) return objects(samples.front());
    std::string text = "[";
    for (const auto& sample : samples) text += (text.size() > 1 ? "," : "") + objects(sample);
    return text + "]";
}

std::size_t fitting(std::span<const Sample> samples, std::size_t characters, std::size_t most,
                    std::size_t batch) {
    constexpr std::size_t kOmittedField = 32;  // its longest form
    std::size_t size = 2;
    std::size_t count = 0;
    for (const auto& sample : samples) {
        size += sample.json.size() + 1 + (sample.omitted > 0 ? kOmittedField : 0);
        const bool fits = count < batch ? size <= kMaxMessageText : count < most && size <= characters;
        if (count > 0 && !fits) break;
        ++count;
    }
    return count;
}

std::size_t thin(std::vector<Sample>& samples) {
    std::vector<Sample> kept;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (i % 2 == 0 && i + 1 < samples.size()) continue;
        if (i % 2 == 1) samples[i].omitted += samples[i - 1].omitted + 1;
        kept.push_back(std::move(samples[i]));
    }
    const auto dropped = samples.size() - kept.size();
    samples = std::move(kept);
    return dropped;
}

}  // namespace pegasus::stream
