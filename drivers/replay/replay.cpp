// SPDX-License-Identifier: Apache-2.0
// The driver: the recording is read when the source is opened, which may be long after the start.
#include "drivers/replay/replay.hpp"

#include <filesystem>

#include "drivers/linux/file.hpp"
#include "drivers/replay/recording.hpp"

namespace pegasus::drivers::replay {
namespace {

using sensor::Channel;
using sensor::Parameters;
using sensor::Quality;
using sensor::Reading;

class ReplayDriver final : public sensor::Driver {
public:
    ReplayDriver(std::filesystem::path file, std::optional<Column> value, bool loop)
        : file_(std::move(file)), value_(std::move(value)), loop_(loop) {}

    /// None: only the header of the file tells them.
    [[nodiscard]] const std::vector<Channel>& channels() const override { return unknown_; }

    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        PEGASUS_TRY(const auto text, linux_::readFile(file_, kMaxFileBytes));
        auto recording = parseRecording(text, value_);
        if (!recording) return fail(recording.error().code, "{}: {}", file_.string(), recording.error().message);
        recording_ = *std::move(recording);
        channels_.clear();
        for (const auto& column : recording_.columns)
            channels_.push_back({column.quantity, column.unit, std::nullopt, std::nullopt});
        const auto& notice = recording_.notice;
        return sensor::Opened{channels_, notice.empty() ? "" : fmt::format("{}: {}", file_.string(), notice)};
    }

    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        if (next_ == recording_.rows() && !loop_) return fail(ErrorCode::NotFound, "the recording has ended");
        if (next_ == recording_.rows()) next_ = 0;
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < channels_.size(); ++i) {
            const auto value = recording_.values[next_ * channels_.size() + i];
            const bool there = value.has_value();
            readings.push_back({channels_[i].quantity, channels_[i].unit, value, {},
                                there ? Quality::Good : Quality::Missing, there ? "" : "missing in the recording"});
        }
        ++next_;
        return readings;
    }

private:
    const std::filesystem::path file_;
    const std::optional<Column> value_;
    const bool loop_;
    const std::vector<Channel> unknown_;
    Recording recording_;
    std::vector<Channel> channels_;
    std::size_t next_ = 0;
};

std::unique_ptr<sensor::Driver> make(Parameters& parameters) {
    const std::filesystem::path file = parameters.required("file");
    const bool loop = parameters.flag("loop", true);
    if (!file.empty() && !file.is_absolute())
        parameters.wrong("file", fmt::format("file '{}' is not absolute", file.string()));
    std::optional<Column> value;
    if (parameters.has("quantity") || parameters.has("unit")) {
        value = Column{parameters.required("quantity"), parameters.required("unit")};
        (void)parameters.quantity("quantity");
        (void)parameters.unit("unit");
    }
    return std::make_unique<ReplayDriver>(file, std::move(value), loop);
}

}  // namespace

void registerType(sensor::Registry& registry) {
    registry.add("replay", {"file", "loop", "quantity", "unit"}, make);
}

}  // namespace pegasus::drivers::replay
