// SPDX-License-Identifier: Apache-2.0
// system: the parsers on recorded and damaged texts, the driver on a folder laid out as /proc and on this machine.
#include <gtest/gtest.h>

#include <algorithm>

#include "driver_fixture.hpp"
#include "drivers/system/parse.hpp"

namespace pegasus::drivers {
namespace {

constexpr std::string_view kMeminfo =
    "MemTotal:        4000000 kB\nMemFree:          500000 kB\nMemAvailable:    3000000 kB\nBuffers: 1 kB\n";
constexpr std::string_view kNetwork =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
    "compressed\n"
    "    lo: 9999999    1    0    0    0     0          0         0  8888888     1    0    0    0     0       0      0\n"
    "  eth0: 1000    11    0    0    0     0          0         0  500     7    0    0    0     0       0          0\n"
    " wlan0:2000    21    0    0    0     0          0         0  700     9    0    0    0     0       0          0\n";

TEST(SystemParsers, ReadTheKernelsTexts) {
    EXPECT_DOUBLE_EQ(system::parseLoad("0.42 0.18 0.12 1/80 11206\n").value(), 0.42);
    EXPECT_DOUBLE_EQ(system::parseUptime("12345.67 40000.00\n").value(), 12345.67);
    EXPECT_DOUBLE_EQ(system::parseMemoryUsed(kMeminfo).value(), 25);
    EXPECT_EQ(system::parseNetwork(kNetwork, "eth0")->received, 1000U);
    EXPECT_EQ(system::parseNetwork(kNetwork, "lo")->sent, 8888888U);
    const auto all = system::parseNetwork(kNetwork, "").value();
    EXPECT_EQ(all.received, 3000U);
    EXPECT_EQ(all.sent, 1200U);
    EXPECT_EQ(system::parseNetwork(kNetwork, "eth1").error().code, ErrorCode::NotFound);
}

TEST(SystemParsers, SurviveEveryTruncation) {
    for (std::size_t n = 0; n < kNetwork.size(); ++n) {
        const auto cut = system::parseNetwork(kNetwork.substr(0, n), "wlan0");
        EXPECT_TRUE(!cut || cut->received == 2000U) << n;
    }
    for (std::size_t n = 0; n < kMeminfo.size(); ++n) {
        const auto cut = system::parseMemoryUsed(kMeminfo.substr(0, n));
        EXPECT_TRUE(!cut || *cut <= 100) << n;
    }
    EXPECT_FALSE(system::parseLoad(""));
    EXPECT_FALSE(system::parseLoad("\n"));
    EXPECT_FALSE(system::parseMemoryUsed("MemTotal: 10 kB\nMemAvailable: 11 kB\n"));
    EXPECT_FALSE(system::parseMemoryUsed("MemTotal: 0 kB\nMemAvailable: 0 kB\n"));
}

TEST(SystemParsers, CountDiskUseAsDfDoes) {
    EXPECT_DOUBLE_EQ(system::diskUsed(100, 40, 20).value(), 75);  // 60 used, 20 left to users, 20 reserved
    EXPECT_FALSE(system::diskUsed(0, 0, 0));
    EXPECT_FALSE(system::diskUsed(1, 2, 2));
}

class SystemDriver : public DriverFixture {
protected:
    void putProc(const std::string& network) {
        put("proc/loadavg", "0.5 0.4 0.3 1/80 1\n");
        put("proc/uptime", "100.5 1\n");
        put("proc/meminfo", std::string(kMeminfo));
        put("proc/net/dev", network);
    }
    static const sensor::Reading& find(const std::vector<sensor::Reading>& readings, std::string_view quantity) {
        return *std::ranges::find(readings, quantity, &sensor::Reading::quantity);
    }
};

TEST_F(SystemDriver, GivesRatesFromTheSecondReadOn) {
    putProc("eth0: 1000 0 0 0 0 0 0 0 500 0 0 0 0 0 0 0\n");
    auto driver = probe("system", {{"root", root()}}).driver;
    EXPECT_EQ(find(*driver->read({}), "network_received").quality, sensor::Quality::Missing);
    clock.advance(10s);
    putProc("eth0: 6000 0 0 0 0 0 0 0 1500 0 0 0 0 0 0 0\n");
    const auto second = driver->read({}).value();
    EXPECT_DOUBLE_EQ(*find(second, "network_received").value, 500);
    EXPECT_DOUBLE_EQ(*find(second, "network_sent").value, 100);
    clock.advance(10s);
    putProc("eth0: 10 0 0 0 0 0 0 0 10 0 0 0 0 0 0 0\n");  // the interface was made anew
    EXPECT_EQ(find(*driver->read({}), "network_received").quality, sensor::Quality::Missing);
}

TEST_F(SystemDriver, MarksOnlyWhatIsMissing) {
    putProc("eth0: 1 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0\n");
    auto driver = make("system", {{"root", root()}, {"quantities", "load1, uptime, cpu_temperature"}}).value();
    std::filesystem::remove(dir.path() / "proc/loadavg");
    const auto readings = driver->read({}).value();
    EXPECT_EQ(find(readings, "load1").quality, sensor::Quality::Missing);
    EXPECT_EQ(find(readings, "cpu_temperature").quality, sensor::Quality::Missing);
    EXPECT_DOUBLE_EQ(*find(readings, "uptime").value, 100.5);
}

TEST_F(SystemDriver, FindsTheProcessorsTemperature) {
    putProc("");
    auto without = probe("system", {{"root", root()}});
    EXPECT_TRUE(without.driver->channels().empty());  // whether there is a temperature is the machine's to tell
    EXPECT_TRUE(without.read());
    EXPECT_EQ(without.source.channels.size(), 6U);
    put("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
    put("sys/class/thermal/thermal_zone0/temp", "48000\n");
    auto with = probe("system", {{"root", root()}});
    const auto readings = with.read().value();
    ASSERT_EQ(with.source.channels.size(), 7U);
    EXPECT_EQ(find(readings, "cpu_temperature").value, 48);
}

TEST_F(SystemDriver, TellsTheHottestOfTwoProcessorsWhateverTheirNumbers) {
    putProc("");
    put("sys/class/thermal/thermal_zone2/type", "x86_pkg_temp\n");
    put("sys/class/thermal/thermal_zone2/temp", "51000\n");
    put("sys/class/thermal/thermal_zone10/type", "x86_pkg_temp\n");
    put("sys/class/thermal/thermal_zone10/temp", "63042\n");
    auto driver = probe("system", {{"root", root()}, {"quantities", "cpu_temperature"}});
    EXPECT_EQ(driver.read().value()[0].value, 63.042);
    std::filesystem::rename(dir.path() / "sys/class/thermal/thermal_zone10", dir.path() / "sys/class/thermal/thermal_zone0");
    EXPECT_EQ(driver.read().value()[0].value, 63.042);
}

TEST_F(SystemDriver, TellsPercentsAndRatesInMeaningfulDigits) {
    put("proc/loadavg", "0.42 0.18 0.12 1/80 11206\n");
    put("proc/meminfo", "MemTotal:        4000001 kB\nMemAvailable:    3290354 kB\n");
    put("proc/net/dev", "eth0: 1000 0 0 0 0 0 0 0 500 0 0 0 0 0 0 0\n");
    auto driver = probe("system", {{"root", root()}, {"quantities", "load1, memory_used, network_received"}});
    const auto first = driver.read().value();
    EXPECT_EQ(find(first, "load1").value, 0.42);
    EXPECT_EQ(find(first, "memory_used").value, 17.74);  // 17.7411706...
    clock.advance(3s);
    put("proc/net/dev", "eth0: 2000 0 0 0 0 0 0 0 500 0 0 0 0 0 0 0\n");
    EXPECT_EQ(find(driver.read().value(), "network_received").value, 333.3);  // a byte in three seconds is a third
}

TEST_F(SystemDriver, SuggestsTheQuantityThatWasMeant) {
    EXPECT_EQ(errorOf("system", {{"quantities", "memory_use"}}),
              "sensor 's': parameter 'quantities' names 'memory_use', and there are load1, memory_used, disk_used, network_received, "
              "network_sent, uptime, cpu_temperature; did you mean 'memory_used'?");
}

TEST_F(SystemDriver, WorksOnThisMachine) {
    auto driver = make("system", {{"quantities", "load1,memory_used,disk_used,uptime"}}).value();
    const auto readings = driver->read({}).value();
    for (const auto& reading : readings)
        EXPECT_TRUE(reading.value) << reading.quantity << ": " << reading.reason;
}

}  // namespace
}  // namespace pegasus::drivers
