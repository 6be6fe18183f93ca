// SPDX-License-Identifier: Apache-2.0
// Bytes from sensor buses, serial ports and brokers: whatever comes, reading ends, stays within bounds, and gives finite numbers.
#include <cmath>
#include <string>

#include "drivers/bme280/formulas.hpp"
#include "drivers/bme680/formulas.hpp"
#include "drivers/lines/extract.hpp"
#include "drivers/linux/crc.hpp"
#include "drivers/linux/json_pointer.hpp"
#include "drivers/mqtt/payload.hpp"
#include "drivers/pmsx003/frame.hpp"
#include "drivers/sds011/frame.hpp"
#include "fuzz/fuzz.hpp"
#include "sensor/refine.hpp"

using namespace pegasus;
using fuzz::require;

namespace {

using Bytes = std::vector<std::uint8_t>;

void finiteOrNone(const std::optional<drivers::linux_::FrameContent>& content) {
    if (!content) return;
    for (const auto& reading : content->readings) require(reading.value && std::isfinite(*reading.value), "a frame holds numbers");
}

/// In one piece or in two, the same frames are found.
void frames(const Bytes& bytes, drivers::linux_::FrameParser parse, std::size_t frame) {
    std::uint64_t wrong = 0;
    auto whole = bytes;
    finiteOrNone(parse(whole, wrong));
    require(whole.size() < frame, "what is no frame does not stay");
    Bytes buffer;
    std::uint64_t again = 0;
    for (const auto byte : bytes) {
        buffer.push_back(byte);
        finiteOrNone(parse(buffer, again));
        require(buffer.size() < frame, "the buffer does not grow");
    }
    require(again == wrong, "the same frames are wrong");
}

void chips(const Bytes& bytes) {
    const auto words = drivers::linux_::checkedWords(bytes);
    require(words.size() == bytes.size() / 3, "three bytes a word");
    if (bytes.size() < 60) return;
    const std::span all(bytes);
    const auto bme280 = drivers::bme280::calibrationOf(all.first(drivers::bme280::kFirstBlock), all.subspan(26, drivers::bme280::kSecondBlock));
    const auto counts = drivers::bme280::countsOf(all.subspan(33, 8));
    require(counts.temperature <= 0xFFFFF && counts.pressure <= 0xFFFFF && counts.humidity <= 0xFFFF, "counts have their bits");
    const double fine = drivers::bme280::fineTemperature(bme280, counts.temperature);
    require(std::isfinite(fine), "a temperature is a number");
    const double humidity = drivers::bme280::relativeHumidity(bme280, counts.humidity, fine);
    require(!(humidity < 0) && !(humidity > 100), "humidity is cut");
    const auto bme680 = drivers::bme680::calibrationOf(all.first(drivers::bme680::kFirstBlock), all.subspan(25, drivers::bme680::kSecondBlock), all.subspan(41, 5));
    (void)drivers::bme680::pascal(bme680, counts.pressure, drivers::bme680::fineTemperature(bme680, counts.temperature));
    (void)drivers::bme680::gasResistance(bme680, counts.humidity, bytes[46]);
    (void)drivers::bme680::heaterResistance(bme680, 320, fine);
}

void texts(const std::string& text) {
    static const auto pattern = drivers::lines::byPattern("T=(?<t>[-+0-9.eE]+)( H=(?<h>.*))?", {"t", "h"});
    static const auto pointers = drivers::lines::byPointers({"/t", "/a/0/b", ""});
    require(pattern && pointers, "the extractors are made");
    for (const auto* extractor : {&*pattern, &*pointers}) {
        const auto values = (*extractor)->extract(text);
        if (!values) continue;
        for (const auto& value : *values) require(!value || !std::isnan(*value), "a value is a number");
    }
    const auto split = text.find('\n');
    const auto pointer = text.substr(0, split);
    if (drivers::linux_::checkPointer(pointer) && split != std::string::npos) (void)drivers::linux_::numbersAt(text.substr(split), {pointer});
    (void)drivers::mqtt::numberIn(text, "");
    (void)drivers::mqtt::availabilityOf(text);
    (void)drivers::mqtt::checkTopic(text);
    (void)sensor::flawName(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes(data, data + size);
    frames(bytes, drivers::pmsx003::parse, drivers::pmsx003::kFrame);
    frames(bytes, drivers::sds011::parse, drivers::sds011::kFrame);
    chips(bytes);
    texts(std::string(fuzz::textOf(data, size)));
    return 0;
}
