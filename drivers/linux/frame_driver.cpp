// SPDX-License-Identifier: Apache-2.0
// The driver of serial sensors with frames.
#include "drivers/linux/frame_driver.hpp"

#include <numeric>

namespace pegasus::drivers::linux_ {

using sensor::Quality;
using sensor::Reading;

namespace {
constexpr int kFirstPolls = 15;
constexpr Duration kFirstPause = 100ms;
constexpr unsigned kRate = 9600;  // of all of them; a sensor may be set to another
constexpr Duration kFresh = 10s;
constexpr Duration kWarmUp = 30s;
constexpr Duration kListening = 3s;
}  // namespace

void registerFrames(sensor::Registry& registry, const Hardware& hardware, const FrameType& type) {
    const auto scan = [type](std::stop_token) {
        const auto known = [&type](const Bytes& bytes) {
            auto copy = bytes;
            std::uint64_t wrong = 0;
            return type.parse(copy, wrong).has_value();
        };
        std::vector<sensor::Discovery> found;
        for (const auto& port : listenToPorts(kRate, kListening, known))
            found.push_back({fmt::format("{} at {}", type.marking, port), {{"type", std::string(type.name)}, {"port", port}}});
        return found;
    };
    const auto make = [hardware, type](sensor::Parameters& parameters) -> std::unique_ptr<sensor::Driver> {
        return std::make_unique<FrameDriver>(hardware, serialSettings(parameters),
                                             FrameSetup{std::string(type.marking), sensor::channelsOf(type.channels), type.parse, kFresh, kWarmUp});
    };
    registry.add({.name = type.name, .summary = type.summary, .options = serialOptions("9600"), .channels = type.channels, .make = make, .nature = true, .scan = scan});
}

std::uint16_t sumOf(std::span<const std::uint8_t> bytes) {
    return static_cast<std::uint16_t>(std::accumulate(bytes.begin(), bytes.end(), 0U) & 0xFFFFU);
}

Result<void> FrameDriver::begin() {
    if (source_.isOpen()) return {};
    PEGASUS_CHECK(source_.open());
    opened_ = clock_.steady();
    newest_.reset();
    return {};
}

Result<void> FrameDriver::take() {
    const auto taken = source_.take();
    if (auto content = setup_.parse(source_.buffer(), wrong_)) {
        newest_ = std::move(content);
        newestAt_ = clock_.steady();
    }
    return taken;
}

Result<sensor::Opened> FrameDriver::open(std::stop_token stop) {
    PEGASUS_CHECK(begin());
    for (int i = 0; i < kFirstPolls && !newest_; ++i) {
        PEGASUS_CHECK(take());
        if (!newest_) PEGASUS_CHECK(pause_(kFirstPause, stop));
    }
    sensor::Opened opened{setup_.channels, {}, {{"chip", setup_.chip}, {"way", "serial port"}}};
    if (newest_ && !newest_->serial.empty()) opened.provenance["serial"] = newest_->serial;
    return opened;
}

Result<std::vector<Reading>> FrameDriver::read(std::stop_token) {
    PEGASUS_CHECK(begin());
    PEGASUS_CHECK(take());
    const auto now = clock_.steady();
    const auto wrong = wrong_ - std::exchange(told_, wrong_);
    if (!newest_ || now - newestAt_ > setup_.fresh) {
        if (wrong > 0) return fail(ErrorCode::Corrupt, "failed CRC: {} frames were damaged, and none was whole", wrong);
        return fail(ErrorCode::Timeout, "{}: nothing came for {} s", newest_ ? "stale" : "no frame",
                    std::chrono::floor<std::chrono::seconds>(newest_ ? now - newestAt_ : now - opened_).count());
    }
    auto readings = newest_->readings;
    if (now - opened_ < setup_.warmUp)
        for (auto& reading : readings)
            if (reading.quality == Quality::Good) {
                reading.quality = Quality::Uncertain;
                reading.reason = "warming up: the fan and the air in it settle";
            }
    return readings;
}

sensor::Attention FrameDriver::attention() const {
    sensor::Attention attention;
    attention.descriptor = source_.descriptor();
    return attention;
}

bool FrameDriver::attend() {
    (void)take();  // an error is told by the next turn
    return false;
}

}  // namespace pegasus::drivers::linux_
