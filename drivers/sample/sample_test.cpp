// SPDX-License-Identifier: Apache-2.0
// The driver that others begin with.
#include "drivers/sample/sample.hpp"

#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

class Sample : public test::ChipFixture {
protected:
    Sample() { sample::registerType(registry, drivers::Hardware{clock, buses, pause, gpio, totals}); }
};

TEST_F(Sample, ReadsANumber) {
    put("level", "1.25\n");
    auto sensor = probe("sample", {{"file", (dir.path() / "level").string()}});
    EXPECT_EQ(sensor.value("level"), 1.25);
    put("level", "11\n");
    EXPECT_EQ(sensor.read("level").quality, sensor::Quality::Bad);
}

TEST_F(Sample, AnAbsentSourceIsMissingAndHeals) {
    auto sensor = probe("sample", {{"file", (dir.path() / "level").string()}});
    EXPECT_EQ(sensor.read("level").quality, sensor::Quality::Missing);
    put("level", "2\n");
    EXPECT_EQ(sensor.value("level"), 2);
}

TEST_F(Sample, NeedsItsFile) { EXPECT_NE(refusal("sample", {}).find("'file' is needed"), std::string::npos); }

}  // namespace
}  // namespace pegasus::drivers
