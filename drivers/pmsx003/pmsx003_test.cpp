// SPDX-License-Identifier: Apache-2.0
// Plantower's frames through a pseudo-terminal.
#include "drivers/pmsx003/frame.hpp"

#include "support/chip_fixture.hpp"
#include "support/pty_port.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;
using Bytes = std::vector<std::uint8_t>;

/// A frame as the manual describes it, with three atmospheric values.
Bytes frameOf(int pm1, int pm25, int pm10) {
    const int words[] = {28, 1, 2, 3, pm1, pm25, pm10, 900, 300, 50, 5, 2, 1, 0x9700};
    Bytes frame{0x42, 0x4D};
    for (const int word : words) frame.insert(frame.end(), {static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word & 0xFF)});
    unsigned sum = 0;
    for (const auto byte : frame) sum += byte;
    frame.insert(frame.end(), {static_cast<std::uint8_t>(sum >> 8), static_cast<std::uint8_t>(sum & 0xFF)});
    return frame;
}

class Pmsx003 : public test::ChipFixture {
protected:
    /// After its warm-up.
    Probe warm() {
        auto sensor = probe("pmsx003", {{"port", port.path()}});
        (void)sensor.turn();
        clock.advance(31s);
        return sensor;
    }
    test::PtyPort port{dir.path() / "port"};
};

TEST_F(Pmsx003, GivesTheValuesForAirAsItIs) {
    auto sensor = warm();
    port.send(frameOf(11, 22, 33));
    const auto readings = sensor.turn();
    ASSERT_EQ(readings.size(), 3U);
    EXPECT_EQ(readings[0].value, 11);
    EXPECT_EQ(readings[1].value, 22);
    EXPECT_EQ(readings[2].value, 33);
    EXPECT_EQ(readings[2].quality, Quality::Good);
}

TEST_F(Pmsx003, TheNewestOfManyFramesCounts) {
    auto sensor = warm();
    for (int i = 1; i <= 20; ++i) {
        port.send(frameOf(i, i, i));
        if (i % 4 == 0) (void)sensor.attend();
    }
    EXPECT_EQ(sensor.value("pm1"), 20);
}

TEST_F(Pmsx003, FindsFramesInGarbageAndOverTwoParts) {
    auto sensor = warm();
    auto frame = frameOf(7, 8, 9);
    port.send(Bytes{0x00, 0x42, 0x42, 0x4D, 0x00, 0x01});
    port.send(Bytes(frame.begin(), frame.begin() + 10));
    (void)sensor.attend();
    EXPECT_EQ(sensor.read("pm1").quality, Quality::Missing);
    port.send(Bytes(frame.begin() + 10, frame.end()));
    EXPECT_EQ(sensor.value("pm1"), 7);
}

TEST_F(Pmsx003, AWrongSumIsNoFrame) {
    auto sensor = warm();
    auto frame = frameOf(7, 8, 9);
    frame[12] ^= 1;
    port.send(frame);
    const auto reading = sensor.read("pm1");
    EXPECT_EQ(reading.quality, Quality::Missing);
    EXPECT_TRUE(reading.reason.starts_with("failed CRC")) << reading.reason;
}

TEST_F(Pmsx003, SilenceIsStaleAndTheStartIsInDoubt) {
    auto sensor = probe("pmsx003", {{"port", port.path()}});
    (void)sensor.turn();  // what came before it was opened is of no use
    port.send(frameOf(1, 2, 3));
    const auto young = sensor.read("pm1");
    EXPECT_EQ(young.quality, Quality::Uncertain);
    EXPECT_TRUE(young.reason.starts_with("warming up")) << young.reason;
    clock.advance(11s);
    const auto old = sensor.read("pm1");
    EXPECT_EQ(old.quality, Quality::Missing);
    EXPECT_TRUE(old.reason.starts_with("stale")) << old.reason;
}

TEST_F(Pmsx003, AnAbsurdValueIsBad) {
    auto sensor = warm();
    port.send(frameOf(60'000, 2, 3));
    EXPECT_EQ(sensor.read("pm1").quality, Quality::Bad);
    EXPECT_EQ(sensor.read("pm2_5").quality, Quality::Good);
}

TEST_F(Pmsx003, UnpluggedItIsMissingAndPluggedInAgainItHeals) {
    auto sensor = warm();
    port.send(frameOf(1, 2, 3));
    EXPECT_EQ(sensor.value("pm1"), 1);
    port.unplug();
    EXPECT_EQ(sensor.read("pm1").quality, Quality::Missing);
    EXPECT_NE(sensor.read("pm1").reason.find("No such file"), std::string::npos);
    port.plug();
    (void)sensor.turn();
    port.send(frameOf(4, 5, 6));
    (void)sensor.turn();
    clock.advance(31s);
    port.send(frameOf(4, 5, 6));
    EXPECT_EQ(sensor.value("pm1"), 4);
}

TEST_F(Pmsx003, APortHasOneUserAndIsAWholePath) {
    EXPECT_EQ(registry.check(configOf("pmsx003", {{"port", "/dev/ttyS0"}})).claims, registry.check(configOf("sds011", {{"port", "/dev/ttyS0"}})).claims);
    EXPECT_NE(refusal("pmsx003", {{"port", "ttyS0"}}).find("whole path"), std::string::npos);
    EXPECT_NE(refusal("pmsx003", {{"port", "/dev/null"}, {"baud", "9601"}}).find("one of: 1200"), std::string::npos);
    EXPECT_EQ(probe("pmsx003", {{"port", "/dev/null"}}).read("pm1").reason, "/dev/null is no serial port");
}

}  // namespace
}  // namespace pegasus::drivers
