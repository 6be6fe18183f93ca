// SPDX-License-Identifier: Apache-2.0
// sysfs on a folder of files laid out as the kernel does.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "driver_fixture.hpp"
#include "drivers/sysfs/scan.hpp"
#include "drivers/sysfs/units.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class Sysfs : public DriverFixture {
protected:
    Result<std::vector<sensor::Reading>> readWith(std::map<std::string, Given> parameters) {
        parameters["root"] = root();
        auto driver = make("sysfs", std::move(parameters));
        if (!driver) return fail(driver.error());
        return (*driver)->read({});
    }
    double valueWith(std::map<std::string, Given> parameters) {
        const auto readings = readWith(std::move(parameters));
        EXPECT_TRUE(readings) << readings.error().message;
        return readings ? readings->at(0).value.value_or(-1e9) : -1e9;
    }
};

TEST_F(Sysfs, ReadsAnyFileOfOneNumberWithOffsetAndScale) {
    put("run/value", " 1234\n");
    EXPECT_DOUBLE_EQ(valueWith({{"path", "/run/value"}, {"quantity", "level"}, {"unit", "m"}}), 1234);
    EXPECT_DOUBLE_EQ(valueWith({{"path", "/run/value"}, {"quantity", "level"}, {"unit", "m"}, {"offset", "-234"},
                                {"scale", "0.01"}}),
                     10);
}

TEST_F(Sysfs, ScalesWithoutTheNoiseOfBinaryFractions) {
    put("value", "-273150\n");
    EXPECT_EQ(valueWith({{"path", "/value"}, {"quantity", "t"}, {"unit", "Cel"}, {"scale", "0.001"}}), -273.15);
    put("value", "21062\n");
    EXPECT_EQ(valueWith({{"path", "/value"}, {"quantity", "t"}, {"unit", "K"}, {"scale", "0.001"}, {"offset", "273150"}}), 294.212);
    put("value", "+21500\n");
    EXPECT_EQ(valueWith({{"path", "/value"}, {"quantity", "t"}, {"unit", "Cel"}, {"scale", "0.001"}}), 21.5);
}

TEST_F(Sysfs, FindsAHwmonChipByNameAndConvertsItsUnits) {
    put("sys/class/hwmon/hwmon0/name", "acpitz\n");
    put("sys/class/hwmon/hwmon3/name", "k10temp\n");
    put("sys/class/hwmon/hwmon3/temp1_input", "45125\n");
    put("sys/class/hwmon/hwmon3/in0_input", "1200\n");
    put("sys/class/hwmon/hwmon3/power1_average", "15500000\n");
    const auto readings = readWith({{"hwmon", "k10temp"}, {"channel", "temp1, in0, power1"}});
    ASSERT_TRUE(readings) << readings.error().message;
    EXPECT_EQ((*readings)[0].quantity, "temperature");
    EXPECT_EQ((*readings)[0].unit, "Cel");
    EXPECT_DOUBLE_EQ(*(*readings)[0].value, 45.125);
    EXPECT_DOUBLE_EQ(*(*readings)[1].value, 1.2);
    EXPECT_DOUBLE_EQ(*(*readings)[2].value, 15.5);
}

TEST_F(Sysfs, NamesASecondChannelOfOneKindByItsChannel) {
    const auto driver = make("sysfs", {{"hwmon", "coretemp"}, {"channel", "temp1,temp2"}});
    ASSERT_TRUE(driver);
    EXPECT_EQ((*driver)->channels()[0].quantity, "temperature");
    EXPECT_EQ((*driver)->channels()[1].quantity, "temperature_temp2");
}

TEST_F(Sysfs, FollowsAChipThatChangesItsNumberAndSurvivesItsAbsence) {
    auto driver = make("sysfs", {{"hwmon", "usbtherm"}, {"channel", "temp1"}, {"root", root()}});
    ASSERT_TRUE(driver);
    EXPECT_FALSE((*driver)->read({}));
    put("sys/class/hwmon/hwmon1/name", "usbtherm\n");
    put("sys/class/hwmon/hwmon1/temp1_input", "20000\n");
    EXPECT_DOUBLE_EQ(*(*driver)->read({}).value()[0].value, 20);
    std::filesystem::rename(dir.path() / "sys/class/hwmon/hwmon1", dir.path() / "sys/class/hwmon/hwmon7");
    EXPECT_DOUBLE_EQ(*(*driver)->read({}).value()[0].value, 20);
    std::filesystem::remove_all(dir.path() / "sys/class/hwmon/hwmon7");
    EXPECT_EQ((*driver)->read({}).error().code, ErrorCode::NotFound);
}

TEST_F(Sysfs, DoesNotTellTheValueOfAFaultyChannel) {
    put("sys/class/hwmon/hwmon0/name", "chip\n");
    put("sys/class/hwmon/hwmon0/temp1_input", "127000\n");
    put("sys/class/hwmon/hwmon0/temp1_fault", "1\n");
    EXPECT_FALSE(readWith({{"hwmon", "chip"}, {"channel", "temp1"}}));
}

TEST_F(Sysfs, ComputesAnIioValueFromRawOffsetAndScale) {
    const std::string device = "sys/bus/iio/devices/iio:device0/";
    put(device + "name", "bme280\n");
    put(device + "in_temp_input", "22500\n");
    put(device + "in_pressure_raw", "1000\n");
    put(device + "in_pressure_offset", "13\n");
    put(device + "in_pressure_scale", "0.1\n");
    put(device + "in_concentration_co2_raw", "420\n");
    put(device + "in_concentration_scale", "0.0001\n");
    const auto readings = readWith({{"iio", "bme280"}, {"channel", "temp,pressure,concentration_co2"}});
    ASSERT_TRUE(readings) << readings.error().message;
    EXPECT_DOUBLE_EQ(*(*readings)[0].value, 22.5);
    EXPECT_DOUBLE_EQ(*(*readings)[1].value, 1013);  // (1000 + 13) * 0.1 kPa
    EXPECT_EQ((*readings)[1].unit, "hPa");
    EXPECT_EQ((*readings)[2].quantity, "co2");
    EXPECT_NEAR(*(*readings)[2].value, 420, 1e-9);  // the kernel's percent times 10^4
}

TEST_F(Sysfs, GivesTheOtherChannelsWhenOneFails) {
    const std::string device = "sys/bus/iio/devices/iio:device0/";
    put(device + "name", "bme280\n");
    put(device + "in_temp_input", "22500\n");
    put(device + "in_humidityrelative_input", "garbage\n");
    const auto readings = readWith({{"iio", "bme280"}, {"channel", "temp,humidityrelative"}});
    ASSERT_TRUE(readings);
    EXPECT_EQ((*readings)[0].quality, Quality::Good);
    EXPECT_EQ((*readings)[1].quality, Quality::Missing);
    EXPECT_NE((*readings)[1].reason.find("expected a number"), std::string::npos);
}

TEST_F(Sysfs, FindsAThermalZoneByType) {
    put("sys/class/thermal/thermal_zone0/type", "soc-thermal\n");
    put("sys/class/thermal/thermal_zone1/type", "cpu-thermal\n");
    put("sys/class/thermal/thermal_zone1/temp", "51540\n");
    EXPECT_DOUBLE_EQ(valueWith({{"thermal", "cpu-thermal"}}), 51.54);
    const auto missing = readWith({{"thermal", "gpu-thermal"}});
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("there is: soc-thermal, cpu-thermal"), std::string::npos);
}

TEST_F(Sysfs, RefusesWhatIsNoNumberTooLargeOrNoFile) {
    const std::map<std::string, Given> value{{"path", "/value"}, {"quantity", "x"}, {"unit", "1"}};
    for (const char* text : {"", "\n", "12 13", "12abc", "nan", "0x1F", "--1", "1e400"}) {
        put("value", text);
        EXPECT_FALSE(readWith(value)) << text;
    }
    put("value", std::string(5000, '1'));
    EXPECT_EQ(readWith(value).error().code, ErrorCode::LimitExceeded);
    put("value", std::string("1\0" "2", 3));
    EXPECT_FALSE(readWith(value));
    std::filesystem::remove(dir.path() / "value");
    EXPECT_EQ(readWith(value).error().code, ErrorCode::NotFound);
    std::filesystem::create_directory(dir.path() / "value");
    EXPECT_EQ(readWith(value).error().code, ErrorCode::InvalidArgument);
}

TEST_F(Sysfs, DoesNotWaitForAPipe) {
    ASSERT_EQ(mkfifo((dir.path() / "value").c_str(), 0600), 0);
    EXPECT_FALSE(readWith({{"path", "/value"}, {"quantity", "x"}, {"unit", "1"}}));
}

TEST_F(Sysfs, ExplainsWhatIsWrongInItsParameters) {
    EXPECT_NE(errorOf("sysfs", {}).find("one of the parameters path, w1, hwmon"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"path", "/x"}, {"iio", "y"}}).find("exactly one"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"path", "x"}}).find("whole path of a file"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"path", "/x"}}).find("'quantity' is needed"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"hwmon", "x"}}).find("'channel' is needed"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"hwmon", "x"}, {"channel", "temp"}}).find("such as temp1"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"iio", "x"}, {"channel", "../../etc"}}).find("no known kind"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"iio", "x"}, {"channel", "temp,pressure"}, {"unit", "K"}}).find("single channel"),
              std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"thermal", "x"}, {"minimum", "5"}, {"maximum", "4"}}).find("above maximum"),
              std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"thermal", "x"}, {"offset", "warm"}}).find("expected a number"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"thermal", "x"}, {"scale", "0"}}).find("'scale' is 0"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"path", "/x"}, {"quantity", "t"}, {"unit", "\u00B0C"}}).find("write 'Cel'"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"path", "/x"}, {"quantity", "t\x01"}, {"unit", "Cel"}}).find("cannot be seen"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"hwmon", "x"}, {"channel", "a/../b1"}, {"quantity", "t"}, {"unit", "1"}}), "no error");
    EXPECT_EQ(registry.check(configOf("sysfs", {{"path", "/x"}, {"scale", "0,1"}, {"minimum", "x"}, {"scal", "1"}})).problems.size(), 5U);
}

TEST_F(Sysfs, AScanTellsParametersThatReadWhatItFound) {
    put("sys/class/hwmon/hwmon0/name", "k10temp\n");
    put("sys/class/hwmon/hwmon0/temp1_input", "45125\n");
    put("sys/class/hwmon/hwmon0/temp1_label", "die\n");
    put("sys/class/hwmon/hwmon1/name", "w1_slave_temp\n");  // told by ds18b20
    put("sys/class/hwmon/hwmon1/temp1_input", "20000\n");
    put("sys/class/hwmon/hwmon2/name", "\n");
    put("sys/class/hwmon/hwmon2/temp1_input", "20000\n");
    put("sys/class/hwmon/hwmon3/name", "no-channels\n");
    put("sys/bus/iio/devices/iio:device0/name", "bmp280\n");
    put("sys/bus/iio/devices/iio:device0/in_temp_input", "21500\n");
    put("sys/bus/iio/devices/iio:device0/in_pressure_input", "101.3\n");
    auto found = sysfs::scan(dir.path());
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].summary, "hwmon k10temp: temp1");
    EXPECT_EQ(found[1].summary, "iio bmp280: pressure, temp");
    EXPECT_EQ(found[1].parameters.at("channel").items, (std::vector<std::string>{"pressure", "temp"}));
    for (auto& one : found) {
        EXPECT_TRUE(one.held) << "the kernel has it";
        EXPECT_EQ(one.parameters.extract("type").mapped().text(), "sysfs");
        const auto readings = readWith(std::move(one.parameters));
        EXPECT_TRUE(readings) << readings.error().message;
    }
}

TEST_F(Sysfs, AScanTellsDevicesOfOneNameApart) {
    for (const auto* number : {"0", "1"}) {
        const auto folder = std::string("sys/class/hwmon/hwmon") + number;
        put(folder + "/name", "coretemp\n");
        put(folder + "/temp1_input", "40000\n");
        put(std::string("sys/devices/platform/coretemp.") + number + "/uevent", "");
        std::filesystem::create_directory_symlink(dir.path() / "sys/devices/platform" / (std::string("coretemp.") + number), dir.path() / folder / "device");
    }
    const auto found = sysfs::scan(dir.path());
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].parameters.at("device").text(), "coretemp.0");
    EXPECT_EQ(found[1].parameters.at("device").text(), "coretemp.1");
}

TEST(SysfsUnits, NameParticlesAndGasesByTheirModifier) {
    EXPECT_EQ(sysfs::iioConversion("massconcentration_pm2p5")->channel.quantity, "pm2_5");
    EXPECT_EQ(sysfs::iioConversion("massconcentration_pm10")->channel.unit, "ug/m3");
    EXPECT_EQ(sysfs::iioConversion("voltage3")->channel.unit, "V");
    EXPECT_EQ(sysfs::channelKind("voltage3"), "voltage");
    for (const char* channel : {"", "_", "temp/1", "temp1_", "unknown", "Temp1"})
        EXPECT_FALSE(sysfs::hwmonConversion(channel)) << channel;
}

}  // namespace
}  // namespace pegasus::drivers
