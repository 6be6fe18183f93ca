// SPDX-License-Identifier: Apache-2.0
// Frames of the SDS011 through a pseudo-terminal, with the example of its data sheet.
#include "drivers/sds011/frame.hpp"

#include "support/chip_fixture.hpp"
#include "support/pty_port.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;
using Bytes = std::vector<std::uint8_t>;

// PM2.5 = 0x04D4 / 10 = 123.6, PM10 = 0x0A3A / 10 = 261.8, device A160: the control protocol's example.
const Bytes kExample{0xAA, 0xC0, 0xD4, 0x04, 0x3A, 0x0A, 0xA1, 0x60, 0x1D, 0xAB};

class Sds011 : public test::ChipFixture {
protected:
    test::PtyPort port{dir.path() / "port"};
};

TEST_F(Sds011, GivesTheExampleOfTheDataSheet) {
    auto sensor = probe("sds011", {{"port", port.path()}});
    (void)sensor.turn();
    clock.advance(31s);
    port.send(kExample);
    EXPECT_EQ(sensor.value("pm2_5"), 123.6);
    EXPECT_EQ(sensor.value("pm10"), 261.8);
}

TEST_F(Sds011, ItsNumberIsItsSerial) {
    auto settings = registry.create(configOf("sds011", {{"port", port.path()}}));
    Bytes buffer = kExample;
    std::uint64_t wrong = 0;
    EXPECT_EQ(sds011::parse(buffer, wrong)->serial, "A160");
    EXPECT_TRUE(buffer.empty());
}

TEST_F(Sds011, WrongSumsEndsAndHalvesAreNoFrames) {
    std::uint64_t wrong = 0;
    Bytes sum = kExample;
    sum[8] ^= 1;
    EXPECT_FALSE(sds011::parse(sum, wrong));
    EXPECT_EQ(wrong, 1U);
    Bytes end = kExample;
    end[9] = 0;
    EXPECT_FALSE(sds011::parse(end, wrong));
    for (std::size_t size = 0; size < kExample.size(); ++size) {
        Bytes half(kExample.begin(), kExample.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_FALSE(sds011::parse(half, wrong));
        half.insert(half.end(), kExample.begin() + static_cast<std::ptrdiff_t>(size), kExample.end());
        EXPECT_TRUE(sds011::parse(half, wrong)) << "the rest came";
    }
}

}  // namespace
}  // namespace pegasus::drivers
