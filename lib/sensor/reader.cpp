// SPDX-License-Identifier: Apache-2.0
// The thread of one sensor, with a mailbox of one request.
#include "sensor/reader.hpp"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace pegasus::sensor {
namespace {

using Done = std::function<void(ReadOutcome)>;

/// Shared by the reader and its thread, which outlives the reader when the driver hangs.
struct Mailbox {
    Mailbox(Scheduler& loop, std::unique_ptr<Driver> owned) : scheduler(&loop), driver(std::move(owned)) {}

    std::mutex mutex;
    std::condition_variable wake;
    Scheduler* scheduler;  // not used once closed: it may be gone
    bool closed = false;
    bool wanted = false;
    std::stop_source stop;
    std::unique_ptr<Driver> driver;  // of the thread
    Done done;                       // of the loop
    bool busy = false;               // of the loop
};

void deliver(const std::shared_ptr<Mailbox>& box, const std::shared_ptr<ReadOutcome>& outcome) {
    const std::lock_guard lock(box->mutex);
    if (box->closed) return;
    box->scheduler->post([weak = std::weak_ptr(box), outcome] {
        const auto here = weak.lock();
        if (!here || here->stop.stop_requested()) return;
        here->busy = false;
        if (auto done = std::exchange(here->done, nullptr)) done(std::move(*outcome));
    });
}

void work(const std::shared_ptr<Mailbox>& box) {
    for (;;) {
        {
            std::unique_lock lock(box->mutex);
            box->wake.wait(lock, [&] { return box->closed || box->wanted; });
            if (box->closed) return;
            box->wanted = false;
        }
        deliver(box, std::make_shared<ReadOutcome>(box->driver->read(box->stop.get_token())));
    }
}

class ThreadReader final : public Reader {
public:
    ThreadReader(Scheduler& scheduler, std::unique_ptr<Driver> driver)
        : channels_(driver->channels()), box_(std::make_shared<Mailbox>(scheduler, std::move(driver))) {}
    ~ThreadReader() override {
        box_->stop.request_stop();
        {
            const std::lock_guard lock(box_->mutex);
            box_->closed = true;
        }
        box_->wake.notify_one();
    }
    ThreadReader(const ThreadReader&) = delete;
    ThreadReader& operator=(const ThreadReader&) = delete;

    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
    [[nodiscard]] bool busy() const override { return box_->busy; }
    void start(Done done) override {
        if (!running_ && !launch()) {
            done(fail(ErrorCode::LimitExceeded, "no thread for this sensor: the system's limit is reached"));
            return;
        }
        box_->busy = true;
        box_->done = std::move(done);
        {
            const std::lock_guard lock(box_->mutex);
            box_->wanted = true;
        }
        box_->wake.notify_one();
    }

private:
    bool launch() {
        try {
            std::thread([box = box_] { work(box); }).detach();
            running_ = true;
        } catch (const std::system_error&) {
            return false;
        }
        return true;
    }

    std::vector<Channel> channels_;
    std::shared_ptr<Mailbox> box_;
    bool running_ = false;
};

}  // namespace

std::unique_ptr<Reader> makeThreadReader(Scheduler& scheduler, std::unique_ptr<Driver> driver) {
    return std::make_unique<ThreadReader>(scheduler, std::move(driver));
}

}  // namespace pegasus::sensor
