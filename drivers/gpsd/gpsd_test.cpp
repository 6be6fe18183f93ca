// SPDX-License-Identifier: Apache-2.0
// gpsd's reports from a server on loopback that speaks as gpsd does.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "drivers/linux/descriptor.hpp"
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class Gpsd : public test::ChipFixture {
protected:
    Gpsd() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_.get(), 4) != 0) throw std::runtime_error("listen");
        (void)::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        port_ = std::to_string(ntohs(address.sin_port));
    }
    Probe receiver() {
        auto sensor = probe("gpsd", {{"host", "127.0.0.1"}, {"port", port_}});
        (void)sensor.turn();
        peer_ = linux_::Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        return sensor;
    }
    void say(const std::string& line) {
        const auto text = line + "\r\n";
        if (::write(peer_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) throw std::runtime_error("write");
    }
    /// Until what was said has come over loopback.
    void hear(Probe& sensor) {
        pollfd wait{sensor.attention().descriptor, POLLIN, 0};
        ASSERT_EQ(::poll(&wait, 1, 5000), 1);
        (void)sensor.attend();
    }
    linux_::Descriptor peer_;

private:
    linux_::Descriptor listener_;
    std::string port_;
};

constexpr const char* kFix = R"({"class":"TPV","device":"/dev/ttyACM0","mode":3,"time":"2026-11-26T12:00:00.000Z","lat":45.0703393,"lon":7.686864,"altMSL":239.5,"alt":239.5,"eph":4.2})";

TEST_F(Gpsd, TellsTheFix) {
    auto sensor = receiver();
    say(R"({"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14})");
    hear(sensor);
    say(kFix);
    hear(sensor);
    EXPECT_EQ(sensor.value("latitude"), 45.0703393);
    EXPECT_EQ(sensor.value("longitude"), 7.686864);
    EXPECT_EQ(sensor.value("altitude"), 239.5);
    EXPECT_EQ(sensor.value("gps_time"), 1'795'694'400);
}

TEST_F(Gpsd, AFixInTwoDimensionsHasNoAltitudeAndAnOldOneIsNone) {
    auto sensor = receiver();
    EXPECT_TRUE(sensor.read("latitude").reason.starts_with("no fix"));
    say(R"({"class":"TPV","device":"/dev/ttyACM0","mode":2,"time":"2026-11-26T12:00:00.000Z","lat":1.5,"lon":2.5})");
    hear(sensor);
    EXPECT_EQ(sensor.value("latitude"), 1.5);
    EXPECT_EQ(sensor.read("altitude").quality, Quality::Missing);
    clock.advance(11s);
    EXPECT_TRUE(sensor.read("latitude").reason.starts_with("stale"));
    say(R"({"class":"TPV","device":"/dev/ttyACM0","mode":1})");
    hear(sensor);
    EXPECT_TRUE(sensor.read("latitude").reason.starts_with("no fix"));
}

TEST_F(Gpsd, NonsenseAndALostConnectionDoNotEndIt) {
    auto sensor = receiver();
    say("{\"class\":\"TPV\",\"lat\":");
    hear(sensor);
    say("\x01\x02 nonsense");
    hear(sensor);
    say(kFix);
    hear(sensor);
    EXPECT_EQ(sensor.value("latitude"), 45.0703393);
    peer_ = linux_::Descriptor();
    hear(sensor);
    (void)sensor.turn();
    EXPECT_EQ(sensor.problem, "") << "it has connected again";
}

TEST_F(Gpsd, WithoutAServerItSaysSo) {
    EXPECT_NE(probe("gpsd", {{"host", "127.0.0.1"}, {"port", "1"}}).read("latitude").reason.find("no gpsd at 127.0.0.1:1"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::drivers
