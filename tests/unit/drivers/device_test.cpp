// SPDX-License-Identifier: Apache-2.0
// Devices that are chosen by what stays of them, with the links that the kernel makes; and thermometers on 1-Wire.
#include <gtest/gtest.h>

#include "driver_fixture.hpp"
#include "drivers/linux/device.hpp"
#include "drivers/sysfs/thermometer.hpp"

namespace pegasus::drivers {
namespace {

namespace fs = std::filesystem;
using sensor::Measured;
using sensor::Quality;

class Devices : public DriverFixture {
protected:
    /// A hwmon chip below its parent device, with the links of the class.
    void chip(const std::string& number, const std::string& parent, const std::string& name, const std::string& value) {
        const auto device = "sys/devices/" + parent + "/hwmon/" + number;
        put(device + "/name", name + "\n");
        put(device + "/temp1_input", value + "\n");
        fs::create_directory_symlink(dir.path() / "sys/devices" / parent, dir.path() / device / "device");
        fs::create_directories(dir.path() / "sys/class/hwmon");
        fs::create_directory_symlink(dir.path() / device, dir.path() / "sys/class/hwmon" / number);
    }
    sensor::ReadOutcome readWith(std::map<std::string, Given> parameters) {
        parameters["root"] = root();
        return probe("sysfs", std::move(parameters)).read();
    }
    sensor::ReadOutcome chosen(const std::string& device) {
        return readWith({{"hwmon", "lm75"}, {"channel", "temp1"}, {"device", device}});
    }
};

TEST_F(Devices, AreToldApartByThePathOfTheirParent) {
    chip("hwmon2", "platform/i2c-1/1-0048", "lm75", "20000");
    chip("hwmon10", "platform/i2c-1/1-0049", "lm75", "30000");
    const auto both = readWith({{"hwmon", "lm75"}, {"channel", "temp1"}});
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().message,
              "2 devices fit name 'lm75': hwmon2 (device /sys/devices/platform/i2c-1/1-0048), hwmon10 (device "
              "/sys/devices/platform/i2c-1/1-0049); choose by device");
    EXPECT_EQ(chosen("1-0049").value()[0].value, 30);
    EXPECT_EQ(chosen("i2c-1/1-0048").value()[0].value, 20);
    EXPECT_EQ(chosen("/sys/devices/platform/i2c-1/1-0048").value()[0].value, 20);
    EXPECT_EQ(chosen("i2c-*/*-0048").value()[0].value, 20);
    EXPECT_EQ(chosen("i2c-1").error().code, ErrorCode::InvalidState);
    EXPECT_EQ(chosen("0048").error().code, ErrorCode::NotFound);  // whole components only
    EXPECT_NE(chosen("1-004a").error().message.find("there is: hwmon2 (device /sys/devices"), std::string::npos);
}

TEST_F(Devices, AreToldApartByLabelOrSerialOfTheirParent) {
    chip("hwmon0", "pci/nvme/nvme0", "nvme", "41000");
    chip("hwmon1", "pci/nvme/nvme1", "nvme", "77000");
    put("sys/devices/pci/nvme/nvme0/serial", "S5GX 1    \n");
    put("sys/devices/pci/nvme/nvme1/serial", "S5GX 2    \n");
    put("sys/devices/pci/nvme/nvme1/hwmon/hwmon1/label", "data\n");
    EXPECT_EQ(readWith({{"hwmon", "nvme"}, {"channel", "temp1"}, {"serial", "S5GX 2"}}).value()[0].value, 77);
    EXPECT_EQ(readWith({{"hwmon", "nvme"}, {"channel", "temp1"}, {"label", "data"}}).value()[0].value, 77);
    EXPECT_FALSE(readWith({{"hwmon", "nvme"}, {"channel", "temp1"}, {"label", "data"}, {"serial", "S5GX 1"}}));
}

TEST_F(Devices, AreRefusedWhenNothingTellsThemApart) {
    put("sys/class/thermal/thermal_zone0/type", "acpitz\n");
    put("sys/class/thermal/thermal_zone1/type", "acpitz\n");
    put("sys/class/thermal/thermal_zone0/temp", "20000\n");
    const auto both = readWith({{"thermal", "acpitz"}});
    ASSERT_FALSE(both);
    EXPECT_NE(both.error().message.find("nothing that stays tells them apart"), std::string::npos);
}

TEST_F(Devices, OfOneNameBecomeAmbiguousWhenASecondOneComes) {
    put("sys/bus/iio/devices/iio:device0/name", "bme280\n");
    put("sys/bus/iio/devices/iio:device0/in_temp_input", "20000\n");
    auto one = probe("sysfs", {{"iio", "bme280"}, {"channel", "temp"}, {"root", root()}});
    EXPECT_EQ(one.read().value()[0].value, 20);
    put("sys/bus/iio/devices/iio:device1/name", "bme280\n");
    EXPECT_FALSE(one.read());
    fs::remove_all(dir.path() / "sys/bus/iio/devices/iio:device1");
    EXPECT_TRUE(one.read());
}

TEST_F(Devices, TheHwmonChipOfAThermometerIsOneToo) {
    chip("hwmon0", "w1_bus_master1/28-00000a", "w1_slave_temp", "85000");
    chip("hwmon1", "w1_bus_master1/28-00000b", "w1_slave_temp", "21062");
    const auto first = readWith({{"hwmon", "w1_slave_temp"}, {"channel", "temp1"}, {"device", "28-00000a"}}).value();
    EXPECT_EQ(first[0].quality, Quality::Bad);
    const auto second = readWith({{"hwmon", "w1_slave_temp"}, {"channel", "temp1"}, {"device", "28-00000b"}}).value();
    EXPECT_EQ(second[0].value, 21.062);
}

TEST(Thermometer, IsKnownByItsAddress) {
    for (const char* name : {"28-000000000001", "10-0008019462f2", "28-1", "22-0abc", "42-ffffffffffff"})
        EXPECT_TRUE(sysfs::isThermometerAddress(name)) << name;
    for (const char* name : {"", "28-", "28", "3b-000000000001", "29-000000000001", "28-00000000000g", "28-0000000000012", "1-0048"})
        EXPECT_FALSE(sysfs::isThermometerAddress(name)) << name;
    EXPECT_TRUE(sysfs::isThermometer("/sys/bus/w1/devices/28-000000000001/temperature"));
    EXPECT_FALSE(sysfs::isThermometer("/sys/class/hwmon/hwmon0/temp1_input"));
}

TEST(Thermometer, BelievesEightyFiveDegreesOnlyNextToATemperatureLikeIt) {
    sysfs::ThermometerFilter filter;
    const auto at = [&](int thousandths) {
        return filter.pass(Measured{sensor::Decimal(thousandths, 0), sensor::Decimal(1, 0)}).has_value();
    };
    EXPECT_FALSE(at(85'000));
    EXPECT_FALSE(at(85'000));
    EXPECT_TRUE(at(21'062));
    EXPECT_FALSE(at(85'000));  // the power was lost for a moment
    EXPECT_TRUE(at(84'937));
    EXPECT_TRUE(at(85'000));
    EXPECT_TRUE(at(85'000));
    EXPECT_FALSE(filter.pass(fail(ErrorCode::NotFound, "gone")));
    EXPECT_FALSE(at(85'000));  // it came back, perhaps from a power cut
    EXPECT_FALSE(at(-127'000));
    EXPECT_TRUE(at(-127'063));  // out of range, which is for the range to say
}

TEST(Thermometer, ReadsTheTextOfW1SlaveOnlyWithAGoodChecksum) {
    EXPECT_EQ(sysfs::parseSlave("a2 01 4b 46 7f ff 0e 10 d8 : crc=d8 YES\na2 01 4b 46 7f ff 0e 10 d8 t=26125\n")->value.toDouble(), 26125);
    EXPECT_EQ(sysfs::parseSlave("50 05 : crc=1c YES\n50 05 t=-1250\n")->value.toDouble(), -1250);
    EXPECT_EQ(sysfs::parseSlave("a2 01 : crc=d8 NO\na2 01 t=26125\n").error().code, ErrorCode::Corrupt);
    for (const char* text : {"", "26125", "crc=d8 YES\n", "x : crc=d8 YES\nt=\n", "x : crc=d8 YES\nt=warm\n"})
        EXPECT_FALSE(sysfs::parseSlave(text)) << text;
}

TEST_F(Devices, AThermometerIsBoundedByWhatItCanMeasure) {
    const std::string path = "/sys/bus/w1/devices/28-000000000001/temperature";
    const auto bounds = [&](std::map<std::string, Given> parameters) {
        const auto channels = make("sysfs", std::move(parameters)).value()->channels();
        return std::pair(channels[0].minimum, channels[0].maximum);
    };
    EXPECT_EQ(bounds({{"w1", "28-000000000001"}}), std::pair(std::optional(-55.0), std::optional(125.0)));
    EXPECT_EQ(bounds({{"path", path}, {"quantity", "t"}, {"unit", "Cel"}, {"scale", "0.001"}}),
              std::pair(std::optional(-55.0), std::optional(125.0)));
    EXPECT_EQ(bounds({{"w1", "28-000000000001"}, {"minimum", "-20"}, {"maximum", "40"}}),
              std::pair(std::optional(-20.0), std::optional(40.0)));
    EXPECT_NE(errorOf("sysfs", {{"w1", "../x"}}).find("not the address of a thermometer"), std::string::npos);
    EXPECT_NE(errorOf("sysfs", {{"w1", "28-1"}, {"serial", "x"}}).find("for hwmon, iio and thermal only"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::drivers
