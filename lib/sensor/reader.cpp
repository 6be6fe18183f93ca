// SPDX-License-Identifier: Apache-2.0
// The thread of one sensor, with a mailbox of one request.
#include "sensor/reader.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <stop_token>
#include <thread>

namespace pegasus::sensor {
namespace {

using Done = std::function<void(ReadOutcome)>;

/// Wakes a thread that is in poll(). -1 where the process may open no more descriptors.
class Bell {
public:
    Bell() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    ~Bell() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;
    [[nodiscard]] int descriptor() const { return descriptor_; }
    void ring() const { (void)::eventfd_write(descriptor_, 1); }  // it cannot be full
    void hush() const {
        eventfd_t count = 0;
        (void)::eventfd_read(descriptor_, &count);  // empty: somebody else rang no bell
    }

private:
    int descriptor_;
};

/// Shared by the reader and its thread, which outlives the reader when the driver hangs.
struct Mailbox {
    Mailbox(Scheduler& loop, std::unique_ptr<Driver> owned)
        : scheduler(&loop), driver(std::move(owned)), source{false, driver->channels(), {}, {}} {}

    std::mutex mutex;
    Bell bell;
    Scheduler* scheduler;  // not used once closed: it may be gone
    bool closed = false;
    bool wanted = false;
    std::stop_source stop;
    std::unique_ptr<Driver> driver;  // of the thread
    Source source;                   // of the loop
    Done done;                       // of the loop
    std::function<void()> news;      // of the loop
    bool busy = false;               // of the loop
};

struct Answer {
    ReadOutcome outcome;
    std::optional<Source> opened;  // by this very turn
};

/// Runs `then` on the loop, if the reader is still there.
template <class Then>
void onLoop(const std::shared_ptr<Mailbox>& box, Then then) {
    const std::lock_guard lock(box->mutex);
    if (box->closed) return;
    box->scheduler->post([weak = std::weak_ptr(box), then = std::move(then)] {
        const auto here = weak.lock();
        if (here && !here->stop.stop_requested()) then(*here);
    });
}

void deliver(const std::shared_ptr<Mailbox>& box, Answer got) {
    onLoop(box, [answer = std::make_shared<Answer>(std::move(got))](Mailbox& here) {
        here.busy = false;
        if (answer->opened) here.source = *std::move(answer->opened);
        if (auto done = std::exchange(here.done, nullptr)) done(std::move(answer->outcome));
    });
}

void tellNews(const std::shared_ptr<Mailbox>& box) {
    onLoop(box, [](Mailbox& here) {
        if (here.news) here.news();
    });
}

enum class Call : std::uint8_t { None, Read, Close };

Call called(Mailbox& box) {
    const std::lock_guard lock(box.mutex);
    if (box.closed) return Call::Close;
    return std::exchange(box.wanted, false) ? Call::Read : Call::None;
}

int milliseconds(Duration time) {
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(time).count();
    return static_cast<int>(std::clamp<std::int64_t>(whole, 0, 3'600'000));
}

/// Sleeps until somebody calls, and lets the driver attend to its own meanwhile. A descriptor that is broken, and that the driver
/// keeps, is left alone until the next read, so that nothing spins.
Call await(const std::shared_ptr<Mailbox>& box, bool open) {
    int broken = -1;
    for (;;) {
        if (const auto call = called(*box); call != Call::None) return call;
        const auto attention = open ? box->driver->attention() : Attention{};
        const int descriptor = attention.descriptor == broken ? -1 : attention.descriptor;
        std::array<pollfd, 2> waits{{{box->bell.descriptor(), POLLIN, 0}, {descriptor, attention.events, 0}}};
        const int ready = ::poll(waits.data(), waits.size(), attention.within ? milliseconds(*attention.within) : -1);
        if (ready < 0 && errno != EINTR) return Call::Close;
        if (ready < 0) continue;
        if (waits[0].revents != 0) box->bell.hush();
        if ((waits[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) broken = descriptor;
        const bool due = ready == 0 || waits[1].revents != 0;
        if (due && open && box->driver->attend()) tellNews(box);
    }
}

void work(const std::shared_ptr<Mailbox>& box) {
    Source source;
    while (await(box, source.open) == Call::Read) {
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
        box_->bell.ring();
    }
    ThreadReader(const ThreadReader&) = delete;
    ThreadReader& operator=(const ThreadReader&) = delete;

    [[nodiscard]] const Source& source() const override { return box_->source; }
    [[nodiscard]] bool busy() const override { return box_->busy; }
    void listen(std::function<void()> news) override { box_->news = std::move(news); }
    void start(Done done) override {
        if (!running_ && !launch()) {
            done(fail(ErrorCode::LimitExceeded, "no thread or descriptor for this sensor: the system's limit is reached"));
            return;
        }
        box_->busy = true;
        box_->done = std::move(done);
        {
            const std::lock_guard lock(box_->mutex);
            box_->wanted = true;
        }
        box_->bell.ring();
    }

private:
    bool launch() {
        if (box_->bell.descriptor() < 0) return false;
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
        if (opened.provenance.size() > kMaxProvenance)
            return fail(ErrorCode::InvalidArgument, "{} facts on the source, expected at most {}", opened.provenance.size(), kMaxProvenance);
        source = {true, std::move(opened.channels), std::move(opened.notice), std::move(opened.provenance)};
    }
    return driver.read(stop);
}

std::unique_ptr<Reader> makeThreadReader(Scheduler& scheduler, std::unique_ptr<Driver> driver) {
    return std::make_unique<ThreadReader>(scheduler, std::move(driver));
}

}  // namespace pegasus::sensor
