// SPDX-License-Identifier: Apache-2.0
// Takes messages as they come; a turn tells the newest value of each channel.
#include "drivers/mqtt/mqtt.hpp"

#include <algorithm>

#include "drivers/linux/json_pointer.hpp"
#include "drivers/mqtt/connection.hpp"
#include "drivers/mqtt/payload.hpp"
#include "sensor/parameters.hpp"

namespace pegasus::drivers::mqtt {
namespace {

using sensor::Channel;
using sensor::OptionKind;
using sensor::Parameters;
using sensor::Quality;
using sensor::Reading;

constexpr std::string_view kQualities[] = {"0", "1", "2"};
constexpr sensor::Option kOptions[] = {
    {.name = "host", .help = "The broker", .needed = true},
    {.name = "port", .kind = OptionKind::Whole, .help = "Its port; without it 1883, with tls 8883", .least = 1, .most = 65'535},
    {.name = "topic", .help = "Where messages come; a channel may have another. No wildcards"},
    {.name = "tls", .kind = OptionKind::Flag, .help = "Encrypted, and the broker's certificate checked", .standard = "false"},
    {.name = "ca-file", .kind = OptionKind::File, .help = "Authority of that certificate; without it those of the system"},
    {.name = "user", .help = "Name at the broker"},
    {.name = "password-file", .kind = OptionKind::File, .help = "File whose first line is the password; others must not be able to read it"},
    {.name = "client-id", .help = "Name of this client; without it the broker gives one"},
    {.name = "qos", .kind = OptionKind::Choice, .help = "Quality of service of the subscription", .standard = "0", .choices = kQualities},
    {.name = "keep-alive", .kind = OptionKind::Time, .help = "A sign of life is sent so often", .standard = "1m", .least = 5, .most = 3600},
    {.name = "available-topic", .help = "Where the device, or its last will, says online and offline"},
    {.name = "stale-after", .kind = OptionKind::Time, .help = "A value is told for so long", .standard = "10m", .least = 1, .most = 604'800}};
constexpr sensor::Option kOfChannel[] = {
    {.name = "unit", .kind = OptionKind::Unit, .help = "Its unit (UCUM)", .needed = true},
    {.name = "from", .help = "JSON pointer into the message, such as /temperature; without it the message is a number"},
    {.name = "topic", .help = "Where its messages come, if not at the sensor's topic"}};

/// Where the value of a channel comes from.
struct Source {
    std::string topic;
    std::string pointer;
};

class MqttDriver final : public sensor::Driver {
public:
    MqttDriver(const Clock& clock, Settings settings, std::vector<Channel> channels, std::vector<Source> sources, std::string available, Duration stale)
        : clock_(clock), channels_(std::move(channels)), sources_(std::move(sources)), available_(std::move(available)), stale_(stale),
          newest_(channels_.size()),
          connection_(std::move(settings), [this](std::string_view topic, std::string_view payload, bool retained) { hear(topic, payload, retained); }) {}

    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token stop) override {
        PEGASUS_CHECK(connection_.open(std::move(stop)));
        return sensor::Opened{channels_, {}, {{"way", "MQTT"}}};
    }
    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token stop) override {
        PEGASUS_CHECK(connection_.open(std::move(stop)));
        PEGASUS_CHECK(connection_.pump());
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < channels_.size(); ++i) readings.push_back(readingOf(i));
        return readings;
    }
    [[nodiscard]] sensor::Attention attention() const override { return connection_.attention(); }
    [[nodiscard]] bool attend() override {
        news_ = false;
        (void)connection_.pump();  // an error is told by the next turn
        return news_;
    }

private:
    struct Newest {
        std::optional<double> value;
        SteadyTime at;
        bool retained = false;
        std::string problem;
    };

    void hear(std::string_view topic, std::string_view payload, bool retained) {
        if (topic == available_) {
            const auto there = availabilityOf(payload);
            news_ = news_ || (there && there != online_);
            if (there) online_ = *there;
        }
        for (std::size_t i = 0; i < sources_.size(); ++i) {
            if (topic != sources_[i].topic) continue;
            const auto number = numberIn(payload, sources_[i].pointer);
            if (number)
                newest_[i] = {*number, clock_.steady(), retained, {}};
            else
                newest_[i].problem = number.error().message;
        }
    }
    [[nodiscard]] Reading readingOf(std::size_t i) const {
        Reading reading{channels_[i].quantity, channels_[i].unit, std::nullopt, {}, Quality::Missing, {}};
        const auto& newest = newest_[i];
        if (!online_) {
            reading.reason = "gone: the device says that it is offline";
        } else if (!newest.value) {
            reading.reason = newest.problem.empty() ? "no message has told it yet" : newest.problem;
        } else if (clock_.steady() - newest.at > stale_) {
            reading.reason = "stale: no message tells it any more";
        } else {
            reading.value = newest.value;
            reading.quality = newest.retained ? Quality::Uncertain : Quality::Good;
            if (newest.retained) reading.reason = "stale: the broker kept it, nobody knows since when";
        }
        return reading;
    }

    const Clock& clock_;
    const std::vector<Channel> channels_;
    const std::vector<Source> sources_;
    const std::string available_;
    const Duration stale_;
    std::vector<Newest> newest_;
    bool online_ = true;
    bool news_ = false;
    Connection connection_;
};

void checkedTopic(Parameters& parameters, const std::string& name, const std::string& topic) {
    if (const auto fine = checkTopic(topic); !fine) parameters.wrong(name, fmt::format("topic '{}': {}", topic, fine.error().message));
}

Settings settingsOf(Parameters& parameters) {
    Settings settings;
    settings.host = parameters.textOr("host");
    settings.tls = parameters.flag("tls");
    settings.port = static_cast<int>(parameters.whole("port").value_or(settings.tls ? 8883 : 1883));
    settings.caFile = parameters.textOr("ca-file");
    settings.user = parameters.textOr("user");
    settings.passwordFile = parameters.textOr("password-file");
    settings.clientId = parameters.textOr("client-id");
    settings.qos = static_cast<int>(parameters.choice("qos"));
    settings.keepAlive = static_cast<int>(std::chrono::floor<std::chrono::seconds>(parameters.time("keep-alive").value_or(1min)).count());
    if (!settings.passwordFile.empty() && settings.user.empty()) parameters.wrong("password-file", "a password is of no use without a user");
    if (!settings.caFile.empty() && !settings.tls) parameters.wrong("ca-file", "an authority is of no use without tls: true");
    return settings;
}

std::unique_ptr<sensor::Driver> make(Parameters& parameters, const Clock& clock) {
    auto settings = settingsOf(parameters);
    const auto topic = parameters.textOr("topic");
    if (parameters.has("topic")) checkedTopic(parameters, "topic", topic);
    std::vector<Channel> channels;
    std::vector<Source> sources;
    for (const auto& quantity : parameters.described()) {
        channels.push_back({quantity, parameters.ofChannel(quantity, "unit").value_or(""), std::nullopt, std::nullopt});
        Source source{parameters.ofChannel(quantity, "topic").value_or(topic), parameters.ofChannel(quantity, "from").value_or("")};
        const auto key = sensor::channelKey(quantity, "topic");
        if (source.topic.empty()) parameters.wrong("", fmt::format("channel '{}' has no topic, and the sensor has none", quantity));
        else if (parameters.has(key)) checkedTopic(parameters, key, source.topic);
        if (const auto fine = linux_::checkPointer(source.pointer); !fine)
            parameters.wrong(sensor::channelKey(quantity, "from"), fmt::format("'{}' is no JSON pointer: {}", source.pointer, fine.error().message));
        if (std::ranges::find(settings.topics, source.topic) == settings.topics.end()) settings.topics.push_back(source.topic);
        sources.push_back(std::move(source));
    }
    if (channels.empty()) parameters.wrong("", "a sensor of type 'mqtt' needs channels, such as channels: {temperature: {unit: Cel, from: /temperature}}");
    const auto available = parameters.textOr("available-topic");
    if (!available.empty()) {
        checkedTopic(parameters, "available-topic", available);
        settings.topics.push_back(available);
    }
    return std::make_unique<MqttDriver>(clock, std::move(settings), std::move(channels), std::move(sources), available,
                                        parameters.time("stale-after").value_or(10min));
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "mqtt",
                  .summary = "Numbers in messages of an MQTT broker: Zigbee2MQTT, LoRaWAN, Home Assistant, rtl_433",
                  .options = kOptions,
                  .channelOptions = kOfChannel,
                  .make = [&clock = hardware.clock](Parameters& parameters) { return make(parameters, clock); }});
}

}  // namespace pegasus::drivers::mqtt
