// SPDX-License-Identifier: Apache-2.0
// Counts as edges come; the turns only tell. Rain gauges, flow and water meters, Geiger tubes, anemometers.
#include "drivers/pulse/pulse.hpp"

#include <deque>

#include "drivers/linux/line_source.hpp"
#include "sensor/decimal.hpp"

namespace pegasus::drivers::pulse {
namespace {

using linux_::LineSource;
using sensor::Channel;
using sensor::Decimal;
using sensor::OptionKind;
using sensor::Quality;
using sensor::Reading;

struct TimeBase {
    std::string_view name;
    int seconds;
};
constexpr TimeBase kBases[] = {{"s", 1}, {"min", 60}, {"h", 3600}};
constexpr std::string_view kBaseNames[] = {"s", "min", "h"};
constexpr std::string_view kEdges[] = {"active", "inactive", "both"};
constexpr std::chrono::seconds kBucket{1};

constexpr sensor::Option kOptions[] = {
    {.name = "edge", .kind = OptionKind::Choice, .help = "Which edge is a pulse: to active, to inactive, or both", .standard = "active", .choices = kEdges},
    {.name = "quantity", .kind = OptionKind::Quantity, .help = "What is counted; the channels are QUANTITY_total and QUANTITY_rate", .standard = "pulses"},
    {.name = "unit", .kind = OptionKind::Unit, .help = "Unit of the total (UCUM)", .standard = "1"},
    {.name = "factor", .kind = OptionKind::Number, .help = "How much one pulse is, in that unit: 0.2794 mm of rain, 0.0022222 l of water", .standard = "1"},
    {.name = "per", .kind = OptionKind::Choice, .help = "Time that the rate is for", .standard = "min", .choices = kBaseNames},
    {.name = "window", .kind = OptionKind::Time, .help = "The rate is the mean of so long", .standard = "1m", .least = 1, .most = 86'400},
    {.name = "save-every", .kind = OptionKind::Time, .help = "The total is written to the disk so often, and at a stop; a power cut loses what came since", .standard = "1m", .least = 1, .most = 3600}};

struct Setup {
    std::string id;
    std::size_t edge = 0;  ///< of kEdges
    Decimal factor{1, 0};
    int per = 60;
    Duration window{0};
    Duration saveEvery{0};
    std::vector<Channel> channels;  ///< total, rate
};

class PulseDriver final : public sensor::Driver {
public:
    PulseDriver(const Hardware& hardware, linux_::LineWish wish, Setup setup)
        : totals_(hardware.totals), source_(hardware, std::move(wish)), setup_(std::move(setup)) {}
    ~PulseDriver() override { (void)totals_->save(setup_.id); }  // nobody is left to be told

    [[nodiscard]] const std::vector<Channel>& channels() const override { return setup_.channels; }

    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        PEGASUS_TRY(const auto loaded, totals_->load(setup_.id));
        PEGASUS_CHECK(begin());
        auto notice = loaded.notice;
        if (!source_.lost()) notice += fmt::format("{}the kernel's old interface does not tell of lost pulses", notice.empty() ? "" : "; ");
        return sensor::Opened{setup_.channels, notice, {{"way", "GPIO edges"}}};
    }

    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        PEGASUS_CHECK(begin());
        PEGASUS_CHECK(take());
        PEGASUS_CHECK(saveNowAndThen());
        std::vector<Reading> readings{totalReading(), rateReading()};
        const auto lost = source_.lost().value_or(0);
        if (lost > told_) doubt(readings, fmt::format("the kernel lost {} edges: too many came at once", lost - told_));
        if (source_.overflows() > full_) doubt(readings, "edges may be lost: too many came at once for the kernel's buffer");
        told_ = lost;
        full_ = source_.overflows();
        return readings;
    }

    [[nodiscard]] sensor::Attention attention() const override { return source_.attention(); }
    [[nodiscard]] bool attend() override {
        (void)take();  // an error is told by the next turn
        return false;
    }

private:
    static void doubt(std::vector<Reading>& readings, const std::string& reason) {
        for (auto& reading : readings) {
            if (reading.quality != Quality::Good) continue;
            reading.quality = Quality::Uncertain;
            reading.reason = reason;
        }
    }
    Result<void> begin() {
        if (open_) return {};
        PEGASUS_CHECK(source_.open());
        open_ = true;
        told_ = full_ = 0;
        since_ = saved_ = source_.now();
        recent_.clear();
        return {};
    }

    Result<void> take() {
        const auto edges = source_.drain();
        if (!edges) {
            open_ = false;
            return fail(edges.error());
        }
        for (const auto& edge : *edges) {
            if (setup_.edge != 2 && edge.rising != (setup_.edge == 0)) continue;
            (void)totals_->add(setup_.id, 1);
            const auto bucket = edge.time / kBucket;
            if (recent_.empty() || recent_.back().first != bucket) recent_.emplace_back(bucket, 0);
            ++recent_.back().second;
        }
        forget();
        return {};
    }
    /// Seconds that the window has left behind: at most a day of them is kept.
    void forget() {
        const auto oldest = (source_.now() - setup_.window) / kBucket;
        while (!recent_.empty() && recent_.front().first < oldest) recent_.pop_front();
    }

    Result<void> saveNowAndThen() {
        if (source_.now() - saved_ < setup_.saveEvery) return {};
        saved_ = source_.now();
        return totals_->save(setup_.id);
    }

    [[nodiscard]] Reading readingOf(std::size_t channel, double value) const {
        return {setup_.channels[channel].quantity, setup_.channels[channel].unit, value, {}, Quality::Good, {}};
    }
    [[nodiscard]] Reading totalReading() const {
        const auto count = Decimal(static_cast<std::int64_t>(totals_->add(setup_.id, 0)), 0);
        return readingOf(0, (count * setup_.factor).toDouble());
    }
    [[nodiscard]] Reading rateReading() const {
        if (source_.now() - since_ < setup_.window) {
            auto reading = readingOf(1, 0);
            reading.value.reset();
            reading.quality = Quality::Missing;
            reading.reason = "warming up: the window of the rate is not over";
            return reading;
        }
        std::int64_t count = 0;
        for (const auto& [bucket, pulses] : recent_) count += pulses;
        const double seconds = std::chrono::duration<double>(setup_.window).count();
        const double step = setup_.factor.magnitude().toDouble() * setup_.per / seconds;
        return readingOf(1, sensor::roundedTo(static_cast<double>(count) * setup_.factor.toDouble() * setup_.per / seconds, step, 6));
    }

    std::shared_ptr<linux_::Totals> totals_;
    LineSource source_;
    const Setup setup_;
    bool open_ = false;
    std::uint64_t told_ = 0;  // lost edges
    std::uint64_t full_ = 0;  // and how often some may have been
    std::chrono::nanoseconds since_{0};
    std::chrono::nanoseconds saved_{0};
    std::deque<std::pair<std::int64_t, std::int64_t>> recent_;  // second and pulses in it
};

std::unique_ptr<sensor::Driver> make(sensor::Parameters& parameters, const Hardware& hardware) {
    Setup setup;
    setup.id = parameters.config().id;
    setup.edge = parameters.choice("edge");
    setup.factor = parameters.decimal("factor").value_or(Decimal(1, 0));
    if (setup.factor.isZero()) parameters.wrong("factor", "parameter 'factor' is 0: every value would be the same");
    const auto& base = kBases[parameters.choice("per")];
    setup.per = base.seconds;
    setup.window = parameters.time("window").value_or(1min);
    setup.saveEvery = parameters.time("save-every").value_or(1min);
    const auto quantity = parameters.textOr("quantity");
    const auto unit = parameters.textOr("unit");
    const auto rateUnit = unit == "1" ? fmt::format("/{}", base.name) : fmt::format("{}/{}", unit, base.name);
    setup.channels = {{quantity + "_total", unit, std::nullopt, std::nullopt}, {quantity + "_rate", rateUnit, std::nullopt, std::nullopt}};
    auto wish = linux_::lineWish(parameters);
    return std::make_unique<PulseDriver>(hardware, std::move(wish), std::move(setup));
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "pulse",
                  .summary = "A counter of pulses on a GPIO line: rain gauge, flow or water meter, Geiger tube, anemometer",
                  .options = linux_::lineOptions("5ms").with(kOptions),
                  .make = [hardware](sensor::Parameters& parameters) { return make(parameters, hardware); }});
}

}  // namespace pegasus::drivers::pulse
