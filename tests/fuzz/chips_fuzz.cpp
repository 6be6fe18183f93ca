// SPDX-License-Identifier: Apache-2.0
// Every driver of an I2C chip on a bus that answers with the input: no crash, no endless wait, and no good value that is out of range.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "drivers/all.hpp"
#include "fuzz/fuzz.hpp"
#include "sensor/judge.hpp"
#include "sensor/reader.hpp"
#include "support/modelled_bus.hpp"
#include "support/modelled_gpio.hpp"
#include "support/modelled_sensirion.hpp"

using namespace pegasus;
using fuzz::require;

namespace {

constexpr int kTurns = 6;

/// The input, over and over.
class Feed {
public:
    Feed(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint8_t next() { return size_ == 0 ? 0 : data_[at_++ % size_]; }

private:
    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
};

/// Answers by the bytes that ask for them, or what a register holds after a write of those bytes; kAny: what the feed says.
struct InOrder {  // g++ 12 warns of the library's own order of vectors, once it is inlined
    bool operator()(const test::Bytes& a, const test::Bytes& b) const {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](int x, int y) { return x < y; });
    }
};
using Known = std::map<test::Bytes, std::vector<int>, InOrder>;
constexpr int kAny = -1;

struct Row {
    const char* type;
    std::uint8_t address;
    bool checksums;  ///< each two bytes of an answer are followed by their checksum, which Known leaves out
    Known known;     ///< ids and states without which a driver goes no further
};

/// Says what the feed says; mostly with what is known of the chip and with right checksums, so that the driver comes further than the
/// first step. Registers that were written are mostly kept.
class FeedChip final : public test::ModelledChip {
public:
    FeedChip(Feed& feed, const Row& row) : feed_(feed), row_(row) {}
    bool write(const test::Bytes& bytes, SteadyTime) override {
        last_ = bytes;
        if (!row_.checksums && bytes.size() > 1) {
            auto& kept = kept_[{bytes[0]}];
            kept.assign(bytes.begin() + 1, bytes.end());
            if (const auto becomes = row_.known.find(bytes); becomes != row_.known.end()) kept = becomes->second;
        }
        return feed_.next() % 64 != 1;
    }
    std::optional<test::Bytes> read(std::size_t size, SteadyTime) override {
        if (feed_.next() % 64 == 1) return std::nullopt;
        test::Bytes out(size);
        for (auto& byte : out) byte = feed_.next();
        if (feed_.next() % 16 == 1) return out;
        if (!lay(row_.known, out)) (void)lay(kept_, out);
        if (row_.checksums)
            for (std::size_t i = 2; i < size; i += 3) out[i] = test::checksumOf(static_cast<std::uint16_t>(out[i - 2] << 8 | out[i - 1]));
        return out;
    }
    void reset() override {}

private:
    bool lay(const Known& answers, test::Bytes& out) const {
        const auto answer = answers.find(last_);
        if (answer == answers.end()) return false;
        std::size_t at = 0;
        for (const int byte : answer->second) {
            if (row_.checksums && at % 3 == 2) ++at;
            if (at >= out.size()) break;
            if (byte != kAny) out[at] = static_cast<std::uint8_t>(byte);
            ++at;
        }
        return true;
    }

    Feed& feed_;
    const Row& row_;
    test::Bytes last_;
    Known kept_;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> all{
        {"scd30", 0x61, true, {{{0x02, 0x02}, {0, 1}}}},
        {"scd4x", 0x62, true, {}},
        {"sps30", 0x69, true, {{{0xD0, 0x02}, {'0', '0', '0', '8', '0', '0', '0', '0'}}, {{0x02, 0x02}, {0, 1}}}},
        {"sgp30", 0x58, true, {{{0x20, 0x2F}, {0, 0x22}}}},
        {"sgp40", 0x59, true, {{{0x28, 0x0E}, {0xD4, 0}}}},
        {"sht3x", 0x44, true, {}},
        {"sht4x", 0x44, true, {}},
        {"ccs811", 0x5A, false, {{{0x20}, {0x81}}, {{0x00}, {0x90}}, {{0x02}, {kAny, kAny, kAny, kAny, 0x98}}}},
        {"tsl2591", 0x29, false, {{{0xB2}, {0x50}}}},
        {"bme280", 0x76, false, {{{0xD0}, {0x60}}, {{0xF3}, {0}}, {{0xF7}, {kAny, kAny, 0x80, kAny, kAny, 0x50}}}},
        {"bmp280", 0x76, false, {{{0xD0}, {0x58}}, {{0xF3}, {0}}, {{0xF7}, {kAny, kAny, 0x80, kAny, kAny, 0x50}}}},
        {"bme680", 0x76, false, {{{0xD0}, {0x61}}, {{0xF0}, {0}}, {{0x1D}, {0x80, kAny, kAny, kAny, 0x40, kAny, kAny, 0x80}}}},
        {"bh1750", 0x23, false, {}},
        {"mcp9808", 0x18, false, {{{0x06}, {0x00, 0x54}}, {{0x07}, {0x04, 0x00}}}},
        {"ads1115", 0x48, false, {}},
        {"ina219", 0x40, false, {{{0x00, 0x80, 0x00}, {0x39, 0x9F}}}}};
    return all;
}

void judged(std::span<const sensor::Channel> channels, std::span<const sensor::Reading> readings) {
    require(readings.size() == channels.size(), "one reading for each channel");
    for (std::size_t i = 0; i < readings.size(); ++i) {
        const auto& reading = readings[i];
        require(!reading.value || std::isfinite(*reading.value), "a value is finite");
        require((reading.quality == sensor::Quality::Good) == reading.reason.empty(), "what is not good says why");
        if (reading.quality != sensor::Quality::Good) continue;
        require(reading.value.has_value(), "a good reading has a value");
        require(!channels[i].minimum || *reading.value >= *channels[i].minimum, "a good value is not too low");
        require(!channels[i].maximum || *reading.value <= *channels[i].maximum, "a good value is not too high");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto& row = rows()[data[0] % rows().size()];
    Feed feed(data + 1, size - 1);
    test::ManualClock clock;
    test::ModelledPause pause(clock);
    const auto buses = std::make_shared<test::ModelledBuses>(clock);
    const auto bus = buses->add("i2c-1");
    bus->put<FeedChip>(row.address, feed, row);
    sensor::Registry registry(clock);
    drivers::registerAll(registry, {clock, buses, pause, std::make_shared<test::ModelledGpio>(clock),
                                    std::make_shared<drivers::linux_::Totals>("")});
    sensor::SensorConfig config;
    config.id = "s";
    config.type = row.type;
    const auto driver = registry.create(config);
    require(driver.has_value(), "the driver needs no options");
    sensor::Source source{false, (*driver)->channels(), {}, {}};
    for (int i = 0; i < kTurns; ++i) {
        pause.paused = {};
        const auto outcome = sensor::openAndRead(**driver, source, {});
        require(pause.paused < 10s, "a turn ends");
        judged(source.channels, sensor::judge(source.channels, outcome, clock.now(), ""));
        if ((*driver)->attention().within) (void)(*driver)->attend();
        clock.advance(std::chrono::seconds(1 + feed.next() % 64));
    }
    return 0;
}
