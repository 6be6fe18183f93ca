// SPDX-License-Identifier: Apache-2.0
// Thermometers on 1-Wire, in folders as the kernel lays them out.
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class Ds18b20 : public test::ChipFixture {
protected:
    void thermometer(const std::string& address, const std::string& thousandths) { put("sys/bus/w1/devices/" + address + "/temperature", thousandths + "\n"); }
    Probe sensor(std::map<std::string, Given> parameters = {}) {
        parameters["root"] = dir.path().string();
        return probe("ds18b20", std::move(parameters));
    }
};

TEST_F(Ds18b20, ReadsTheOnlyOneAndKeepsToIt) {
    thermometer("28-000000000001", "21062");
    auto one = sensor();
    EXPECT_EQ(one.value("temperature"), 21.062);
    EXPECT_EQ(one.provenance().at("serial"), "28-000000000001");
    thermometer("28-000000000002", "99000");
    EXPECT_EQ(one.value("temperature"), 21.062) << "a second one does not take its place";
}

TEST_F(Ds18b20, OfSeveralOneMustBeChosen) {
    thermometer("28-000000000001", "21062");
    thermometer("28-000000000002", "-5500");
    EXPECT_NE(sensor().read("temperature").reason.find("choose by address: 28-000000000001, 28-000000000002"), std::string::npos);
    EXPECT_EQ(sensor({{"address", "28-000000000002"}}).value("temperature"), -5.5);
}

TEST_F(Ds18b20, WhatItSaysWithoutATemperatureIsNone) {
    thermometer("28-000000000001", "85000");
    auto one = sensor();
    EXPECT_EQ(one.read("temperature").quality, Quality::Bad);
    thermometer("28-000000000001", "-127000");
    EXPECT_EQ(one.read("temperature").quality, Quality::Bad);
    thermometer("28-000000000001", "84500");
    EXPECT_EQ(one.value("temperature"), 84.5);
    thermometer("28-000000000001", "85000");
    EXPECT_EQ(one.value("temperature"), 85) << "a kettle, not a power-on";
}

TEST_F(Ds18b20, ComesAndGoes) {
    auto one = sensor({{"address", "28-000000000001"}});
    EXPECT_EQ(one.read("temperature").quality, Quality::Missing);
    thermometer("28-000000000001", "1000");
    EXPECT_EQ(one.value("temperature"), 1);
    std::filesystem::remove_all(dir.path() / "sys/bus/w1/devices/28-000000000001");
    EXPECT_EQ(one.read("temperature").quality, Quality::Missing);
}

TEST_F(Ds18b20, WrongAddressesAreRefused) {
    EXPECT_NE(refusal("ds18b20", {{"address", "../../x"}}).find("is not that of a thermometer"), std::string::npos);
    EXPECT_EQ(registry.check(configOf("ds18b20", {{"address", "28-000000000001"}})).claims.size(), 1U);
}

}  // namespace
}  // namespace pegasus::drivers
