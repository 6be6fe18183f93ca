// SPDX-License-Identifier: Apache-2.0
// The thread of a sensor: real threads, but no real time is waited for.
#include "sensor/reader.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <thread>

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

/// Takes one byte at each attend() while it is `greedy`, and tells news of it; leaves its descriptor as it is otherwise.
struct Pipe {
    std::array<int, 2> ends{-1, -1};
    std::atomic<int> attended = 0;
    std::atomic<bool> greedy = true;
    std::optional<Duration> within;
    Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0); }
    ~Pipe() {
        ::close(ends[0]);
        if (ends[1] >= 0) ::close(ends[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void hangUp() { ::close(std::exchange(ends[1], -1)); }
};

class ListeningDriver final : public Driver {
public:
    explicit ListeningDriver(std::shared_ptr<Pipe> pipe) : pipe_(std::move(pipe)) {}
    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
    [[nodiscard]] ReadOutcome read(std::stop_token) override { return std::vector<Reading>{}; }
    [[nodiscard]] Attention attention() const override {
        Attention attention;
        attention.descriptor = pipe_->ends[0];
        attention.within = pipe_->within;
        return attention;
    }
    [[nodiscard]] bool attend() override {
        ++pipe_->attended;
        char byte = 0;
        return pipe_->greedy && ::read(pipe_->ends[0], &byte, 1) == 1;
    }

private:
    std::shared_ptr<Pipe> pipe_;
    std::vector<Channel> channels_{{"x", "1", {}, {}}};
};

class Listening : public testing::Test {
protected:
    void turn() {
        bool answered = false;
        reader_->start([&](ReadOutcome) { answered = true; });
        while (!answered) loop_.settle();
    }
    /// Whether it comes true; real threads are waited for, so a bound.
    bool comes(const std::function<bool()>& what) {
        for (int i = 0; i < 5000 && !what(); ++i) {
            loop_.settle();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return what();
    }
    void make() {
        reader_ = makeThreadReader(loop_, std::make_unique<ListeningDriver>(pipe_));
        reader_->listen([this] { ++news_; });
    }

    test::TestLoop loop_;
    std::shared_ptr<Pipe> pipe_ = std::make_shared<Pipe>();
    std::unique_ptr<Reader> reader_;
    int news_ = 0;
};

TEST_F(Listening, IsAttendedToWhenSomethingComesAndOnlyOnceItIsOpen) {
    make();
    ASSERT_EQ(::write(pipe_->ends[1], "ab", 2), 2);
    loop_.settle();
    EXPECT_EQ(pipe_->attended, 0);
    turn();
    EXPECT_TRUE(comes([this] { return news_ == 2; }));
    ASSERT_EQ(::write(pipe_->ends[1], "c", 1), 1);
    EXPECT_TRUE(comes([this] { return news_ == 3; }));
    EXPECT_EQ(pipe_->attended, 3);
}

TEST_F(Listening, IsAttendedToAfterItsTimeWithoutAnything) {
    pipe_->within = std::chrono::milliseconds(1);
    make();
    turn();
    EXPECT_TRUE(comes([this] { return pipe_->attended > 2; }));
    EXPECT_EQ(news_, 0);
}

TEST_F(Listening, DoesNotSpinOnADescriptorThatIsBroken) {
    make();
    turn();
    pipe_->hangUp();
    EXPECT_TRUE(comes([this] { return pipe_->attended > 0; }));
    for (int i = 0; i < 20; ++i) {
        loop_.settle();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(pipe_->attended, 1);
    turn();  // a read may have mended it: it is looked at once more
    EXPECT_TRUE(comes([this] { return pipe_->attended == 2; }));
}

}  // namespace
}  // namespace pegasus::sensor
