// SPDX-License-Identifier: Apache-2.0
// A sensor whose answers the test chooses, and a reader without a thread.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "sensor/reader.hpp"
#include "sensor/registry.hpp"

namespace pegasus::test {

/// What the sensor answers; the test keeps it and changes it.
struct FakeSource {
    std::vector<sensor::Channel> channels{{"temperature", "Cel", -40.0, 85.0}};
    std::function<sensor::ReadOutcome()> answer = [] {
        return sensor::ReadOutcome(std::vector<sensor::Reading>{{"temperature", "Cel", 21.5, {}, {}, {}}});
    };
    std::string notice;
    std::map<std::string, std::string> provenance;
    std::function<void()> news;    ///< what the reader listens with: the source speaks unasked
    std::string openError;         ///< not empty: the source cannot be opened, for that reason
    int opens = 0;
    bool blocked = false;          ///< reads begin and do not end, until release()
    int reads = 0;
    std::function<void()> held;    ///< ends the read that is blocked

    void release() {
        blocked = false;
        if (auto end = std::exchange(held, nullptr)) end();
    }
};

class FakeDriver final : public sensor::Driver {
public:
    explicit FakeDriver(std::shared_ptr<FakeSource> from) : source(std::move(from)) {}
    /// Those of the source, as if the configuration told them, unless it cannot be opened.
    [[nodiscard]] const std::vector<sensor::Channel>& channels() const override {
        static const std::vector<sensor::Channel> kUnknown;
        return source->openError.empty() ? source->channels : kUnknown;
    }
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        ++source->opens;
        if (!source->openError.empty()) return fail(ErrorCode::NotFound, "{}", source->openError);
        return sensor::Opened{source->channels, source->notice, source->provenance};
    }
    [[nodiscard]] sensor::ReadOutcome read(std::stop_token) override {
        ++source->reads;
        return source->answer();
    }
    std::shared_ptr<FakeSource> source;
};

/// Reads FakeDrivers at once, on the loop.
class InlineReader final : public sensor::Reader {
public:
    explicit InlineReader(std::unique_ptr<sensor::Driver> driver)
        : driver_(std::move(driver)), source_{false, driver_->channels(), {}, {}} {}
    [[nodiscard]] const sensor::Source& source() const override { return source_; }
    [[nodiscard]] bool busy() const override { return busy_; }
    void listen(std::function<void()> news) override { static_cast<FakeDriver&>(*driver_).source->news = std::move(news); }
    void start(std::function<void(sensor::ReadOutcome)> done) override {
        auto& source = *static_cast<FakeDriver&>(*driver_).source;
        if (!source.blocked) return done(sensor::openAndRead(*driver_, source_, {}));
        busy_ = true;
        source.held = [this, done] {
            busy_ = false;
            done(sensor::openAndRead(*driver_, source_, {}));
        };
    }

private:
    std::unique_ptr<sensor::Driver> driver_;
    sensor::Source source_;
    bool busy_ = false;
};

inline std::unique_ptr<sensor::Reader> makeInlineReader(std::unique_ptr<sensor::Driver> driver) {
    return std::make_unique<InlineReader>(std::move(driver));
}

}  // namespace pegasus::test
