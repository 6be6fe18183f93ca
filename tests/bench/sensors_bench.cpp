// SPDX-License-Identifier: Apache-2.0
// sensors_bench SECONDS: what 50 sensors at one reading a second cost, and what a bus that hangs does to the loop. One line a
// figure: name, value, unit, with tabs between.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "drivers/all.hpp"
#include "loop/loop.hpp"
#include "sensor/sampler.hpp"

namespace pegasus::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kSensors = 50;
constexpr int kHung = 10;
constexpr Duration kTick = 2ms;

/// Processor time and voluntary switches (sleeps that ended) of this process.
struct Use {
    double seconds = 0;
    double wakeups = 0;

    static Use now() {
        rusage usage{};
        (void)::getrusage(RUSAGE_SELF, &usage);
        const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
        return {seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_nvcsw)};
    }
};

void tell(const char* name, double value, const char* unit) { std::printf("%s\t%.3f\t%s\n", name, value, unit); }

/// A driver whose bus hangs: each read takes as long as a stuck transfer does.
class HungDriver final : public sensor::Driver {
public:
    [[nodiscard]] const std::vector<sensor::Channel>& channels() const override { return channels_; }
    [[nodiscard]] Result<std::vector<sensor::Reading>> read(std::stop_token) override {
        std::this_thread::sleep_for(3s);
        return fail(ErrorCode::Timeout, "i2c-1 is stuck");
    }

private:
    std::vector<sensor::Channel> channels_{{"temperature", "Cel", {}, {}}};
};

/// A loop with sensors, which runs for some seconds.
class Trial {
public:
    explicit Trial(const fs::path& folder) : folder_(folder) { drivers::registerAll(registry_, drivers::thisMachine(loop_.clock(), folder)); }

    void addFiles(int count) {
        for (int i = 0; i < count; ++i) {
            const auto file = folder_ / fmt::format("value{}", i);
            std::ofstream(file) << 20'000 + i << "\n";
            add(fmt::format("s{}", i), registry_.create(configOf(fmt::format("s{}", i), file)).value());
        }
    }
    void addHung(int count) {
        for (int i = 0; i < count; ++i) add(fmt::format("hung{}", i), std::make_unique<HungDriver>());
    }

    /// Warms up for two seconds, then measures.
    void run(std::chrono::seconds time, bool tick) {
        auto counted = sampler_.sampled.add([this](const std::string&, const std::vector<sensor::Reading>&) { ++turns_; });
        sampler_.start();
        if (tick) loop_.spawn("tick", watchDelay());
        loop_.spawn("end", end(time));
        (void)loop_.run();
    }

    [[nodiscard]] double turnsPerSecond() const { return turns_ / elapsed_; }
    [[nodiscard]] double cores() const { return used_.seconds / elapsed_; }
    [[nodiscard]] double wakeupsPerSecond() const { return used_.wakeups / elapsed_; }
    [[nodiscard]] double worstDelay() const { return worst_; }

private:
    static sensor::SensorConfig configOf(const std::string& id, const fs::path& file) {
        sensor::SensorConfig config;
        config.id = id;
        config.type = "sysfs";
        config.interval = 1s;
        config.parameters = {{"path", file.string()}, {"quantity", "temperature"}, {"unit", "Cel"}, {"scale", "0.001"}};
        return config;
    }
    void add(const std::string& id, std::unique_ptr<sensor::Driver> driver) {
        sensor::SensorConfig config;
        config.id = id;
        config.interval = 1s;
        if (!sampler_.add(config, std::move(driver))) std::abort();
    }
    Async<void> watchDelay() {
        for (;;) {
            const auto before = loop_.clock().steady();
            const auto slept = co_await loop_.sleep(kTick);
            if (!slept) co_return;
            const std::chrono::duration<double, std::milli> late = loop_.clock().steady() - before - kTick;
            worst_ = std::max(worst_, late.count());
        }
    }
    Async<void> end(std::chrono::seconds time) {
        const auto warm = co_await loop_.sleep(2s);
        if (!warm) co_return;
        turns_ = 0;
        worst_ = 0;
        const auto before = Use::now();
        const auto began = loop_.clock().steady();
        const auto over = co_await loop_.sleep(time);
        (void)over;
        const auto after = Use::now();
        elapsed_ = std::chrono::duration<double>(loop_.clock().steady() - began).count();
        used_ = {after.seconds - before.seconds, after.wakeups - before.wakeups};
        loop_.stop();
    }

    fs::path folder_;
    loop::Loop loop_{1};
    sensor::Registry registry_{loop_.clock()};
    sensor::Sampler sampler_{loop_, loop_.clock(), [this](std::unique_ptr<sensor::Driver> driver) { return sensor::makeThreadReader(loop_, std::move(driver)); }};
    double turns_ = 0;
    double elapsed_ = 1;
    double worst_ = 0;
    Use used_;
};

void measure(const fs::path& folder, std::chrono::seconds time) {
    {
        Trial rest(folder);
        rest.run(time, false);
        tell("rest_wakeups", rest.wakeupsPerSecond(), "/s");
    }
    {
        Trial fifty(folder);
        fifty.addFiles(kSensors);
        fifty.run(time, false);
        tell("sensors_turns", fifty.turnsPerSecond(), "/s");
        tell("sensors_cpu", 100 * fifty.cores(), "% of a core");
        tell("sensors_wakeups", fifty.wakeupsPerSecond(), "/s");
    }
    Trial hung(folder);
    hung.addFiles(kSensors - kHung);
    hung.addHung(kHung);
    hung.run(time, true);
    tell("hung_loop_delay", hung.worstDelay(), "ms");
}

}  // namespace
}  // namespace pegasus::bench

int main(int argc, char** argv) {
    const int seconds = argc > 1 ? std::atoi(argv[1]) : 20;
    if (argc > 2 || seconds < 1 || seconds > 3600) {
        std::fprintf(stderr, "usage: sensors_bench [SECONDS]\n");
        return 2;
    }
    char name[] = "/tmp/pegasus-bench-XXXXXX";
    if (::mkdtemp(name) == nullptr) return 1;
    pegasus::bench::measure(name, std::chrono::seconds(seconds));
    std::filesystem::remove_all(name);
    return 0;
}
