// SPDX-License-Identifier: Apache-2.0
// The thread of a sensor: real threads, but no real time is waited for.
#include "sensor/reader.hpp"

#include <gtest/gtest.h>

#include <future>

#include "support/test_loop.hpp"

namespace pegasus::sensor {
namespace {

/// Answers when the test lets it.
struct Gate {
    std::promise<void> entered;
    std::promise<void> open;
    std::promise<void> gone;
};

class GatedDriver final : public Driver {
public:
    explicit GatedDriver(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
    ~GatedDriver() override { gate_->gone.set_value(); }
    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
    [[nodiscard]] ReadOutcome read(std::stop_token) override {
        gate_->entered.set_value();
        gate_->open.get_future().wait();
        return std::vector<Reading>{};
    }

private:
    std::shared_ptr<Gate> gate_;
    std::vector<Channel> channels_{{"x", "1", {}, {}}};
};

TEST(ThreadReader, DeliversTheAnswerOnTheLoop) {
    test::TestLoop loop;
    const auto gate = std::make_shared<Gate>();
    const auto reader = makeThreadReader(loop, std::make_unique<GatedDriver>(gate));
    bool answered = false;
    reader->start([&](ReadOutcome outcome) { answered = outcome.has_value(); });
    gate->entered.get_future().wait();
    loop.settle();
    EXPECT_FALSE(answered);
    EXPECT_TRUE(reader->busy());
    gate->open.set_value();
    while (!answered) loop.settle();
    EXPECT_FALSE(reader->busy());
}

TEST(ThreadReader, LeavesAHungThreadBehindWithoutWaitingOrHearingOfIt) {
    const auto gate = std::make_shared<Gate>();
    auto gone = gate->gone.get_future();
    bool answered = false;
    {
        test::TestLoop loop;
        auto reader = makeThreadReader(loop, std::make_unique<GatedDriver>(gate));
        reader->start([&](ReadOutcome) { answered = true; });
        gate->entered.get_future().wait();
        reader.reset();  // returns though the driver is still in read()
        loop.settle();
    }
    gate->open.set_value();  // the loop is gone: the thread must not touch it
    gone.wait();
    EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace pegasus::sensor
