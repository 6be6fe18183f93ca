// SPDX-License-Identifier: Apache-2.0
// Payloads and options; the broker itself: tests/functional/mqtt_test.py.
#include "drivers/mqtt/payload.hpp"
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using Mqtt = test::ChipFixture;

TEST_F(Mqtt, NumbersAreTakenFromJsonAndFromPlainPayloads) {
    EXPECT_EQ(mqtt::numberIn(" 21.5\n", "").value(), 21.5);
    EXPECT_EQ(mqtt::numberIn(R"({"temperature": 21.5, "battery": "97"})", "/battery").value(), 97);
    for (const char* payload : {"", "ON", "21,5", "nan", "0x10", "{}"}) EXPECT_FALSE(mqtt::numberIn(payload, "")) << payload;
    for (const char* payload : {"{}", "21.5", "nonsense", R"({"t": null})", R"({"t": [1]})"}) EXPECT_FALSE(mqtt::numberIn(payload, "/t")) << payload;
    EXPECT_FALSE(mqtt::numberIn(std::string(100'000, ' ') + "{}", "/t"));
}

TEST_F(Mqtt, AvailabilityIsThatOfTheUsualPrograms) {
    EXPECT_EQ(mqtt::availabilityOf("online"), true);
    EXPECT_EQ(mqtt::availabilityOf(R"({"state":"offline"})"), false);
    EXPECT_EQ(mqtt::availabilityOf("perhaps"), std::nullopt);
}

TEST_F(Mqtt, WrongOptionsAreRefusedWithAReason) {
    const std::map<std::string, Given> good{{"host", "broker"}, {"topic", "zigbee2mqtt/garden"}, {"channels.temperature.unit", "Cel"}, {"channels.temperature.from", "/temperature"}};
    EXPECT_EQ(refusal("mqtt", good), "no error");
    const auto with = [&](const std::string& name, const char* value) {
        auto changed = good;
        changed[name] = value;
        return refusal("mqtt", changed);
    };
    EXPECT_NE(with("topic", "zigbee2mqtt/+").find("wildcards (+, #) are not taken"), std::string::npos);
    EXPECT_NE(with("channels.temperature.topic", "#").find("wildcards"), std::string::npos);
    EXPECT_NE(with("channels.temperature.from", "temperature").find("no JSON pointer"), std::string::npos);
    EXPECT_NE(with("password-file", "/etc/pw").find("without a user"), std::string::npos);
    EXPECT_NE(with("ca-file", "/etc/ca.pem").find("without tls"), std::string::npos);
    EXPECT_NE(with("password", "x").find("no parameter 'password'"), std::string::npos) << with("password", "x");
    EXPECT_NE(refusal("mqtt", {{"host", "b"}, {"topic", "t"}}).find("needs channels"), std::string::npos);
    EXPECT_NE(refusal("mqtt", {{"host", "b"}, {"channels.t.unit", "Cel"}}).find("has no topic"), std::string::npos);
}

TEST_F(Mqtt, WithoutABrokerItIsMissingAndSaysWhy) {
    auto sensor = probe("mqtt", {{"host", "127.0.0.1"}, {"port", "1"}, {"topic", "t"}, {"channels.t.unit", "Cel"}});
    EXPECT_NE(sensor.read("t").reason.find("no connection to 127.0.0.1:1"), std::string::npos) << sensor.read("t").reason;
}

}  // namespace
}  // namespace pegasus::drivers
