// SPDX-License-Identifier: Apache-2.0
// The parser of recordings, and the driver.
#include "drivers/replay/replay.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "drivers/linux/file.hpp"

namespace pegasus::drivers::replay {
namespace {

using linux_::trimmed;
using sensor::Channel;
using sensor::Parameters;
using sensor::Quality;
using sensor::Reading;

constexpr std::string_view kTime = "time";
constexpr std::string_view kValue = "value";

std::vector<std::string_view> fieldsOf(std::string_view line) {
    std::vector<std::string_view> fields;
    for (;;) {
        const auto comma = line.find(',');
        fields.push_back(trimmed(line.substr(0, comma)));
        if (comma == std::string_view::npos) return fields;
        line.remove_prefix(comma + 1);
    }
}

class Parser {
public:
    explicit Parser(const std::optional<Column>& value) : value_(value) {}

    Result<Recording> run(std::string_view csv) {
        while (!csv.empty()) {
            ++line_;
            const auto end = std::min(csv.find('\n'), csv.size());
            const auto text = trimmed(csv.substr(0, end));
            csv.remove_prefix(std::min(end + 1, csv.size()));
            if (text.empty() || text.front() == '#') continue;
            PEGASUS_CHECK(fields_ == 0 ? header(text) : row(text));
        }
        if (fields_ == 0) return fail(ErrorCode::Config, "line {}: there is no header", line_);
        if (recording_.values.empty()) return fail(ErrorCode::Config, "line {}: there is no row of values", line_);
        return std::move(recording_);
    }

private:
    Result<void> header(std::string_view text) {
        const auto fields = fieldsOf(text);
        fields_ = fields.size();
        for (const auto field : fields) {
            if (field == kTime && recording_.columns.empty() && !timeFirst_) {
                timeFirst_ = true;
                continue;
            }
            PEGASUS_TRY(auto column, columnFrom(field));
            if (std::ranges::find(recording_.columns, column.quantity, &Column::quantity) != recording_.columns.end())
                return fail(ErrorCode::Config, "line {}: '{}' is there twice", line_, column.quantity);
            recording_.columns.push_back(std::move(column));
        }
        if (recording_.columns.empty() || recording_.columns.size() > sensor::kMaxChannels)
            return fail(ErrorCode::Config, "line {}: {} columns of values, expected 1 to {}", line_,
                        recording_.columns.size(), sensor::kMaxChannels);
        return {};
    }

    Result<Column> columnFrom(std::string_view field) const {
        if (field == kValue && value_) return *value_;
        if (field == kValue)
            return fail(ErrorCode::Config, "line {}: column 'value' needs the parameters quantity and unit", line_);
        const auto colon = field.find(':');
        if (colon == std::string_view::npos || colon == 0 || colon + 1 == field.size() || field.size() > 96)
            return fail(ErrorCode::Config, "line {}: column '{}', expected quantity:unit, such as temperature:Cel",
                        line_, field.substr(0, 96));
        return Column{std::string(field.substr(0, colon)), std::string(field.substr(colon + 1))};
    }

    Result<void> row(std::string_view text) {
        const auto fields = fieldsOf(text);
        if (fields.size() != fields_)
            return fail(ErrorCode::Config, "line {}: {} fields, expected {}", line_, fields.size(), fields_);
        if (recording_.values.size() + recording_.columns.size() > kMaxValues)
            return fail(ErrorCode::LimitExceeded, "line {}: more than {} values", line_, kMaxValues);
        for (std::size_t i = timeFirst_ ? 1 : 0; i < fields.size(); ++i) {
            PEGASUS_TRY(auto value, valueFrom(fields[i], i));
            recording_.values.push_back(value);
        }
        return {};
    }

    /// "nan" and "inf" are values: recordings of broken sensors have them.
    Result<std::optional<double>> valueFrom(std::string_view field, std::size_t index) const {
        if (field.empty()) return std::optional<double>();
        double value = 0;
        const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
        if (problem != std::errc() || end != field.data() + field.size())
            return fail(ErrorCode::Config, "line {}, field {}: '{}', expected a number", line_, index + 1,
                        field.substr(0, 40));
        return std::optional<double>(value);
    }

    const std::optional<Column>& value_;
    Recording recording_;
    std::size_t line_ = 0;
    std::size_t fields_ = 0;
    bool timeFirst_ = false;
};

class ReplayDriver final : public sensor::Driver {
public:
    ReplayDriver(Recording recording, bool loop) : recording_(std::move(recording)), loop_(loop) {
        for (const auto& column : recording_.columns)
            channels_.push_back({column.quantity, column.unit, std::nullopt, std::nullopt});
    }
    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        if (next_ == recording_.rows() && !loop_) return fail(ErrorCode::NotFound, "the recording has ended");
        if (next_ == recording_.rows()) next_ = 0;
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < channels_.size(); ++i) {
            const auto value = recording_.values[next_ * channels_.size() + i];
            const bool there = value.has_value();
            readings.push_back({channels_[i].quantity, channels_[i].unit, value, {},
                                there ? Quality::Good : Quality::Missing, there ? "" : "empty field"});
        }
        ++next_;
        return readings;
    }

private:
    Recording recording_;
    bool loop_;
    std::vector<Channel> channels_;
    std::size_t next_ = 0;
};

Result<std::unique_ptr<sensor::Driver>> make(const sensor::SensorConfig& config) {
    const Parameters parameters(config);
    PEGASUS_TRY(const std::string file, parameters.required("file"));
    PEGASUS_TRY(const bool loop, parameters.flag("loop", true));
    if (!std::filesystem::path(file).is_absolute())
        return fail(parameters.error(fmt::format("file '{}' is not absolute", file)));
    std::optional<Column> value;
    if (parameters.has("quantity") || parameters.has("unit")) {
        PEGASUS_TRY(auto quantity, parameters.required("quantity"));
        PEGASUS_TRY(auto unit, parameters.required("unit"));
        value = Column{std::move(quantity), std::move(unit)};
    }
    const auto text = linux_::readFile(file, kMaxFileBytes);
    if (!text) return fail(parameters.error(text.error().message));
    auto recording = parseRecording(*text, value);
    if (!recording) return fail(parameters.error(fmt::format("{}: {}", file, recording.error().message)));
    return std::make_unique<ReplayDriver>(*std::move(recording), loop);
}

}  // namespace

Result<Recording> parseRecording(std::string_view csv, const std::optional<Column>& value) {
    return Parser(value).run(csv);
}

void registerType(sensor::Registry& registry) {
    registry.add("replay", {"file", "loop", "quantity", "unit"}, make);
}

}  // namespace pegasus::drivers::replay
