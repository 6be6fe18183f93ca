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
    Mailbox(Scheduler& loop, std::unique_ptr<Driver> owned)
        : scheduler(&loop), driver(std::move(owned)), source{false, driver->channels(), {}} {}

    std::mutex mutex;
    std::condition_variable wake;
    Scheduler* scheduler;  // not used once closed: it may be gone
    bool closed = false;
    bool wanted = false;
    std::stop_source stop;
    std::unique_ptr<Driver> driver;  // of the thread
    Source source;                   // of the loop
    Done done;                       // of the loop
    bool busy = false;               // of the loop
};

struct Answer {
    ReadOutcome outcome;
    std::optional<Source> opened;  // by this very turn
};

void deliver(const std::shared_ptr<Mailbox>& box, Answer got) {
    const auto answer = std::make_shared<Answer>(std::move(got));
    const std::lock_guard lock(box->mutex);
    if (box->closed) return;
    box->scheduler->post([weak = std::weak_ptr(box), answer] {
        const auto here = weak.lock();
        if (!here || here->stop.stop_requested()) return;
        here->busy = false;
        if (answer->opened) here->source = *std::move(answer->opened);
        if (auto done = std::exchange(here->done, nullptr)) done(std::move(answer->outcome));
    });
}

void work(const std::shared_ptr<Mailbox>& box) {
    Source source;
    for (;;) {
        {
            std::unique_lock lock(box->mutex);
            box->wake.wait(lock, [&] { return box->closed || box->wanted; });
            if (box->closed) return;
            box->wanted = false;
        }
        const bool wasOpen = source.open;
        auto outcome = openAndRead(*box->driver, source, box->stop.get_token());
        const bool opened = source.open && !wasOpen;
        deliver(box, {std::move(outcome), opened ? std::optional(source) : std::nullopt});
    }
}

class ThreadReader final : public Reader {
public:
    ThreadReader(Scheduler& scheduler, std::unique_ptr<Driver> driver)
        : box_(std::make_shared<Mailbox>(scheduler, std::move(driver))) {}
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

    [[nodiscard]] const Source& source() const override { return box_->source; }
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

    std::shared_ptr<Mailbox> box_;
    bool running_ = false;
};

}  // namespace

ReadOutcome openAndRead(Driver& driver, Source& source, std::stop_token stop) {
    if (!source.open) {
        PEGASUS_TRY(auto opened, driver.open(stop));
        if (opened.channels.empty() || opened.channels.size() > kMaxChannels)
            return fail(ErrorCode::InvalidArgument, "{} channels, expected 1 to {}", opened.channels.size(), kMaxChannels);
        source = {true, std::move(opened.channels), std::move(opened.notice)};
    }
    return driver.read(stop);
}

std::unique_ptr<Reader> makeThreadReader(Scheduler& scheduler, std::unique_ptr<Driver> driver) {
    return std::make_unique<ThreadReader>(scheduler, std::move(driver));
}

}  // namespace pegasus::sensor
