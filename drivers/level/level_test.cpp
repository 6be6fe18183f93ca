// SPDX-License-Identifier: Apache-2.0
// Contacts on a modelled line.
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class Level : public test::ChipFixture {
protected:
    Level() { (void)gpio->line("GPIO27"); }
    Probe contact(std::map<std::string, Given> parameters = {}) {
        parameters.try_emplace("line", "GPIO27");
        return probe("level", std::move(parameters));
    }
    void pull(bool level) {
        gpio->bounce("GPIO27", level, 2);
        clock.advance(30ms);
    }
};

TEST_F(Level, TellsTheLevelAndItsChanges) {
    auto door = contact({{"quantity", "open"}});
    EXPECT_EQ(door.value("open"), 0);
    pull(true);
    EXPECT_TRUE(door.attend()) << "news";
    EXPECT_EQ(door.value("open"), 1);
    EXPECT_FALSE(door.attend());
    pull(false);
    pull(true);
    (void)door.attend();
    EXPECT_EQ(door.value("open_changes"), 2) << "a short opening between two readings";
    EXPECT_EQ(door.value("open_changes"), 0);
}

TEST_F(Level, IsHeldAsLongAsConfigured) {
    auto motion = contact({{"quantity", "motion"}, {"hold", "10s"}});
    (void)motion.turn();
    pull(true);
    (void)motion.attend();
    EXPECT_EQ(motion.value("motion"), 1);
    pull(false);
    EXPECT_FALSE(motion.attend());
    EXPECT_EQ(motion.value("motion"), 1);
    const auto wait = motion.attention().within;
    ASSERT_TRUE(wait);
    clock.advance(*wait);
    EXPECT_TRUE(motion.attend()) << "the end is news too";
    EXPECT_EQ(motion.value("motion"), 0);
}

TEST_F(Level, StartsWithTheLevelThatIsThere) {
    gpio->line("GPIO27").level = true;
    EXPECT_EQ(contact().value("level"), 1);
    EXPECT_EQ(contact({{"active-low", "yes"}}).value("level"), 0);
}

TEST_F(Level, ALineThatGoesIsMissingAtOnceAndHeals) {
    auto sensor = contact();
    (void)sensor.turn();
    gpio->line("GPIO27").gone = true;
    EXPECT_TRUE(sensor.attend());
    EXPECT_EQ(sensor.read("level").quality, Quality::Missing);
    gpio->line("GPIO27").gone = false;
    gpio->line("GPIO27").level = true;
    EXPECT_EQ(sensor.value("level"), 1);
}

TEST_F(Level, ALineThatSomebodyUsesIsAnErrorThatSaysSo) {
    gpio->line("GPIO27").used = true;
    EXPECT_NE(contact().read("level").reason.find("is used by"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::drivers
