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
        return sensor::Opened{channels_, notice.empty() ? "" : fmt::format("{}: {}", file_.string(), notice), {}};
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

using sensor::OptionKind;
constexpr sensor::Option kOptions[] = {
    {.name = "file", .kind = OptionKind::File, .help = "The recording: CSV, UTF-8, columns headed quantity:unit", .needed = true},
    {.name = "loop", .kind = OptionKind::Flag, .help = "Begin again at the end", .standard = "true"},
    {.name = "quantity", .kind = OptionKind::Quantity, .help = "Of a recording of times and values without heads: what it holds"},
    {.name = "unit", .kind = OptionKind::Unit, .help = "Likewise: its unit (UCUM)"},
};

std::unique_ptr<sensor::Driver> make(Parameters& parameters) {
    std::optional<Column> value;
    if (parameters.has("quantity") || parameters.has("unit")) {
        value = Column{parameters.textOr("quantity"), parameters.textOr("unit")};
        for (const auto* name : {"quantity", "unit"})
            if (!parameters.has(name)) parameters.wrong("", fmt::format("parameter '{}' is needed, as the other of quantity and unit is there", name));
    }
    return std::make_unique<ReplayDriver>(parameters.textOr("file"), std::move(value), parameters.flag("loop"));
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware&) {
    registry.add({.name = "replay", .summary = "A recorded CSV file, one row a turn", .options = kOptions, .make = make});
}

}  // namespace pegasus::drivers::replay
