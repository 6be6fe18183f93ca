// SPDX-License-Identifier: Apache-2.0
// The files of tests/cases: recordings with the outcome of each, and a machine's sysfs with its oddities.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "driver_fixture.hpp"
#include "drivers/replay/recording.hpp"

namespace pegasus::drivers {
namespace {

namespace fs = std::filesystem;
using sensor::Quality;

std::string contentOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, by);) parts.push_back(part);
    return parts;
}

std::string valuesOf(const replay::Recording& recording) {
    std::string all;
    for (const auto& value : recording.values)
        all += (all.empty() ? "" : " ") + (value ? fmt::format("{}", *value) : std::string("-"));
    return all;
}

TEST(CsvCases, EachFileIsReadOrRefusedAsItsOutcomeSays) {
    const fs::path folder = fs::path(PEGASUS_CASES) / "csv";
    std::size_t outcomes = 0;
    for (const auto& line : split(contentOf(folder / "outcomes.txt"), '\n')) {
        const auto parts = split(line, '|');
        ASSERT_GE(parts.size(), 3U) << line;
        ++outcomes;
        const auto recording = replay::parseRecording(contentOf(folder / parts[0]), replay::Column{"level", "m"});
        const auto told = recording ? recording->notice : recording.error().message;
        const bool read = parts[1] == "read";
        EXPECT_EQ(recording.has_value(), read) << line << "\n" << told;
        if (recording && read) {
            EXPECT_EQ(valuesOf(*recording), parts[2]) << line;
            EXPECT_EQ(recording->notice.empty(), parts.size() == 3) << line;
        }
        for (std::size_t i = read ? 3 : 2; i < parts.size(); ++i)
            EXPECT_NE(told.find(parts[i]), std::string::npos) << line << "\n" << told;
    }
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder)) files += entry.path().extension() == ".csv" ? 1 : 0;
    EXPECT_EQ(outcomes, files) << "each file has an outcome";
}

class SysfsCases : public DriverFixture {
protected:
    SysfsCases() { fs::copy(fs::path(PEGASUS_CASES) / "sysfs", dir.path(), fs::copy_options::recursive); }

    sensor::ReadOutcome readWith(std::map<std::string, Given> parameters) {
        parameters["root"] = root();
        return probe("sysfs", std::move(parameters)).read();
    }
    sensor::Reading one(std::map<std::string, Given> parameters) {
        const auto outcome = readWith(std::move(parameters));
        EXPECT_TRUE(outcome) << outcome.error().message;
        return outcome ? outcome->at(0) : sensor::Reading();
    }
    static std::map<std::string, Given> file(const std::string& path) {
        return {{"path", path}, {"quantity", "temperature"}, {"unit", "Cel"}, {"scale", "0.001"}};
    }
};

TEST_F(SysfsCases, TwoChipsOfOneNameNeedAChoiceThatStays) {
    const auto both = readWith({{"hwmon", "nvme"}, {"channel", "temp1"}});
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().message,
              "2 devices fit name 'nvme': hwmon2 (serial B), hwmon10 (serial A); choose by serial");
    EXPECT_EQ(one({{"hwmon", "nvme"}, {"serial", "A"}, {"channel", "temp1"}}).value, 41);
    const auto class_ = dir.path() / "sys/class/hwmon";
    fs::rename(class_ / "hwmon2", class_ / "hwmon0");
    fs::rename(class_ / "hwmon10", class_ / "hwmon2");
    EXPECT_EQ(one({{"hwmon", "nvme"}, {"serial", "A"}, {"channel", "temp1"}}).value, 41);
    EXPECT_EQ(one({{"hwmon", "nvme"}, {"serial", "B"}, {"channel", "temp1"}}).value, 77);
    const auto none = readWith({{"hwmon", "nvme"}, {"serial", "C"}, {"channel", "temp1"}});
    EXPECT_EQ(none.error().message,
              "there is no name 'nvme', serial C; there is: hwmon0 (serial B), hwmon2 (serial A)");
}

TEST_F(SysfsCases, AChannelThatIsAmissIsNotGoodAloneAndSaysWhy) {
    auto chip = probe("sysfs", {{"hwmon", "probe"}, {"root", root()},
                                {"channel", "temp1, temp2, temp3, temp4, temp5, temp6, humidity1, fan1"}});
    const auto raw = chip.read();
    ASSERT_TRUE(raw) << raw.error().message;
    const auto& readings = *raw;
    ASSERT_EQ(readings.size(), 8U);
    EXPECT_EQ(readings[0].reason, "the chip reports a fault of temp1");
    EXPECT_NE(readings[1].reason.find("temp2_input: NUL bytes in it"), std::string::npos);
    EXPECT_NE(readings[2].reason.find("temp3_input: empty"), std::string::npos);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(readings[i].quality, Quality::Missing);
    const auto& channels = chip.source.channels;
    for (const std::size_t i : {3U, 4U, 6U}) {  // absolute zero, 65261.85 degrees, 104 percent
        ASSERT_TRUE(readings[i].value);
        EXPECT_TRUE(*readings[i].value < channels[i].minimum.value_or(-1e9) || *readings[i].value > channels[i].maximum.value_or(1e9))
            << readings[i].quantity;
    }
    EXPECT_EQ(readings[3].value, -273.15);
    EXPECT_EQ(readings[5].value, 21.5);
    EXPECT_EQ(readings[7].value, 0);
    EXPECT_EQ(readings[5].quality, Quality::Good);
    EXPECT_EQ(readings[7].quality, Quality::Good);
}

TEST_F(SysfsCases, AMissingChannelOfAChipLeavesTheOthers) {
    const auto readings = readWith({{"hwmon", "radeon"}, {"channel", "temp1, temp2, temp3"}}).value();
    EXPECT_EQ(readings[0].value, 55);
    EXPECT_EQ(readings[1].quality, Quality::Missing);
    EXPECT_EQ(readings[2].value, -12.5);
}

TEST_F(SysfsCases, ADifferentialChannelHasItsOwnScale) {
    EXPECT_EQ(one({{"iio", "adc0831"}, {"channel", "voltage0-voltage1"}, {"quantity", "bridge"}, {"unit", "V"}}).value, 0.384);
    EXPECT_EQ(one({{"iio", "adc0831"}, {"channel", "voltage0-voltage1"}, {"quantity", "bridge"}, {"unit", "mV"}}).value, 384);
    EXPECT_EQ(one({{"iio", "adc0831"}, {"channel", "voltage0-voltage1"}}).value, 0.384);
    EXPECT_EQ(one({{"iio", "adc0831"}, {"channel", "voltage0"}}).value, 0.05);
}

TEST_F(SysfsCases, AChannelOfAnUnknownKindIsTakenWithQuantityAndUnit) {
    EXPECT_EQ(one({{"iio", "als"}, {"channel", "uvindex"}, {"quantity", "uv_index"}, {"unit", "1"}}).value, 4);
    EXPECT_EQ(one({{"iio", "als"}, {"channel", "intensity_both"}, {"quantity", "light"}, {"unit", "1"}, {"scale", "0.1"}}).value, 0.9);
    const auto refused = errorOf("sysfs", {{"iio", "als"}, {"channel", "uvindex"}});
    EXPECT_NE(refused.find("channel 'uvindex' is of no known kind"), std::string::npos);
    EXPECT_NE(refused.find("needs quantity and unit"), std::string::npos);
}

TEST_F(SysfsCases, IioAddsTheOffsetBeforeItScalesAndRoundsToWhatTheChipTells) {
    const auto readings = readWith({{"iio", "bmp280"}, {"channel", "temp, pressure, humidityrelative"}}).value();
    EXPECT_EQ(readings[0].value, 22.16);
    EXPECT_EQ(readings[1].value, 1013.25);
    EXPECT_EQ(readings[2].value, 0.0018555);  // (2000 - 100) * 0.0009765625 thousandths: 0.00185546875
    EXPECT_EQ(one({{"iio", "als"}, {"channel", "illuminance"}}).value, 3);
    EXPECT_EQ(one({{"iio", "als"}, {"channel", "illuminance0"}}).value, 77);
}

TEST_F(SysfsCases, AThermometerThatHasNoTemperatureIsBad) {
    using Both = std::vector<std::map<std::string, Given>>;
    for (const auto& parameters : Both{file("/sys/bus/w1/devices/28-1/temperature"), {{"w1", "28-1"}}}) {
        const auto reading = one(parameters);
        EXPECT_EQ(reading.quality, Quality::Bad);
        EXPECT_FALSE(reading.value);
        EXPECT_NE(reading.reason.find("after power-on"), std::string::npos);
    }
    for (const auto& parameters : Both{file("/sys/bus/w1/devices/28-2/temperature"), {{"w1", "28-2"}}}) {
        const auto reading = one(parameters);
        EXPECT_EQ(reading.quality, Quality::Bad);
        EXPECT_FALSE(reading.value);
        EXPECT_NE(reading.reason.find("did not answer"), std::string::npos);
    }
    EXPECT_NE(readWith({{"w1", "28-3"}}).error().message.find("checksum"), std::string::npos);
    EXPECT_NE(readWith({{"w1", "28-4"}}).error().message.find("empty"), std::string::npos);
    EXPECT_EQ(one({{"thermal", "cpu-thermal"}}).value, 45);
}

}  // namespace
}  // namespace pegasus::drivers
