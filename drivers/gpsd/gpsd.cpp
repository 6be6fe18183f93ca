// SPDX-License-Identifier: Apache-2.0
// Takes gpsd's reports as they come; a turn tells the newest fix.
#include "drivers/gpsd/gpsd.hpp"

#include <gps.h>

#include <cmath>
#include <cstring>

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::gpsd {
namespace {

using sensor::OptionKind;
using sensor::Reading;

constexpr Duration kFresh = 10s;
constexpr int kMostReports = 100;  // at a time

constexpr sensor::ChannelRow kRows[] = {{.quantity = "latitude", .unit = "deg", .least = -90, .most = 90, .help = "North of the equator (WGS 84)"},
                                        {.quantity = "longitude", .unit = "deg", .least = -180, .most = 180, .help = "East of Greenwich"},
                                        {.quantity = "altitude", .unit = "m", .least = -1000, .most = 100'000, .help = "Above the sea; of a fix in three dimensions"},
                                        {.quantity = "accuracy", .unit = "m", .least = 0, .help = "Error of the position, as the receiver estimates it (95 %)"},
                                        {.quantity = "satellites", .unit = "1", .least = 0, .most = 200, .help = "Used for the fix"},
                                        {.quantity = "gps_time", .unit = "s", .least = 0, .help = "Of the fix, since 1970 (UTC)"}};
constexpr sensor::Option kOptions[] = {{.name = "host", .help = "Where gpsd runs", .standard = "localhost"},
                                       {.name = "port", .kind = OptionKind::Whole, .help = "Its port", .standard = "2947", .least = 1, .most = 65'535}};

/// A connection, closed with its owner.
class Link {
public:
    ~Link() { close(); }
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    Result<void> open(const std::string& host, const std::string& port) {
        if (open_) return {};
        data_ = {};
        if (::gps_open(host.c_str(), port.c_str(), &data_) != 0)
            return fail(ErrorCode::NotFound, "no gpsd at {}:{}: {}", host, port, ::gps_errstr(errno));
        open_ = true;
        if (::gps_stream(&data_, WATCH_ENABLE | WATCH_JSON, nullptr) == 0) return {};
        close();
        return fail(ErrorCode::NotFound, "gpsd at {}:{} reports nothing", host, port);
    }
    void close() {
        if (std::exchange(open_, false)) ::gps_close(&data_);
    }
    /// One report; false: there is none. An error closes the link.
    Result<bool> next() {
        if (!open_) return fail(ErrorCode::NotFound, "no connection to gpsd");
        if (!::gps_waiting(&data_, 0)) return false;
        if (::gps_read(&data_, nullptr, 0) >= 0) return true;
        close();
        return fail(ErrorCode::NotFound, "gpsd closed the connection");
    }
    [[nodiscard]] const gps_data_t& data() const { return data_; }
    [[nodiscard]] int descriptor() const { return open_ ? static_cast<int>(data_.gps_fd) : -1; }

private:
    gps_data_t data_{};
    bool open_ = false;
};

class GpsdDriver final : public sensor::Driver {
public:
    GpsdDriver(const Clock& clock, std::string host, std::string port)
        : clock_(clock), host_(std::move(host)), port_(std::move(port)), channels_(sensor::channelsOf(kRows)) {}

    [[nodiscard]] const std::vector<sensor::Channel>& channels() const override { return channels_; }
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        PEGASUS_CHECK(link_.open(host_, port_));
        return sensor::Opened{channels_, {}, {{"way", "gpsd"}}};
    }
    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        PEGASUS_CHECK(link_.open(host_, port_));
        PEGASUS_CHECK(take());
        std::vector<Reading> readings;
        const auto age = clock_.steady() - fixedAt_;
        for (std::size_t i = 0; i < std::size(kRows); ++i) {
            const double value = values_[i];
            if (mode_ < MODE_2D || age > kFresh)
                readings.push_back(linux_::absent(kRows[i], fixedAt_ == SteadyTime{} || mode_ < MODE_2D ? "no fix: does the antenna see the sky?" : "stale: the last fix is old"));
            else if (!std::isfinite(value))
                readings.push_back(linux_::absent(kRows[i], i == 2 ? "a fix in two dimensions has no altitude" : "the receiver does not tell"));
            else
                readings.push_back(linux_::reading(kRows[i], value));
        }
        return readings;
    }
    [[nodiscard]] sensor::Attention attention() const override {
        sensor::Attention attention;
        attention.descriptor = link_.descriptor();
        return attention;
    }
    [[nodiscard]] bool attend() override {
        (void)take();  // an error is told by the next turn
        return false;
    }

private:
    Result<void> take() {
        for (int i = 0; i < kMostReports; ++i) {
            PEGASUS_TRY(const auto more, link_.next());
            if (!more) break;
            const auto& data = link_.data();
            if ((data.set & SATELLITE_SET) != 0) values_[4] = data.satellites_used;
            if ((data.set & MODE_SET) == 0) continue;
            mode_ = data.fix.mode;
            if (mode_ < MODE_2D || (data.set & LATLON_SET) == 0) continue;
            fixedAt_ = clock_.steady();
            values_[0] = sensor::roundedTo(data.fix.latitude, 1e-7, 7);
            values_[1] = sensor::roundedTo(data.fix.longitude, 1e-7, 7);
            values_[2] = mode_ >= MODE_3D && std::isfinite(data.fix.altMSL) ? sensor::roundedTo(data.fix.altMSL, 0.1, 1) : std::nan("");
            values_[3] = std::isfinite(data.fix.eph) ? sensor::roundedTo(data.fix.eph, 0.1, 1) : std::nan("");
            values_[5] = static_cast<double>(data.fix.time.tv_sec);
        }
        return {};
    }

    const Clock& clock_;
    const std::string host_;
    const std::string port_;
    const std::vector<sensor::Channel> channels_;
    Link link_;
    int mode_ = MODE_NOT_SEEN;
    SteadyTime fixedAt_;
    double values_[std::size(kRows)] = {NAN, NAN, NAN, NAN, NAN, NAN};  // in the order of kRows
};

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "gpsd",
                  .summary = "Position and time by a receiver that gpsd reads",
                  .options = kOptions,
                  .channels = kRows,
                  .make = [&clock = hardware.clock](sensor::Parameters& parameters) -> std::unique_ptr<sensor::Driver> {
                      return std::make_unique<GpsdDriver>(clock, parameters.textOr("host"), parameters.textOr("port"));
                  },
                  .scan = [](std::stop_token) -> std::vector<sensor::Discovery> {
                      Link link;
                      if (!link.open("localhost", "2947")) return {};
                      return {{"gpsd at localhost:2947", {{"type", "gpsd"}}}};
                  }});
}

}  // namespace pegasus::drivers::gpsd
