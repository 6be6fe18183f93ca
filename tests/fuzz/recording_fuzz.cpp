// SPDX-License-Identifier: Apache-2.0
// Recordings, decimal numbers and the texts of thermometers: reading is total, and a table that was read is read again as it is
// written down.
#include <fmt/format.h>

#include <cmath>
#include <string>

#include "drivers/replay/recording.hpp"
#include "drivers/sysfs/thermometer.hpp"
#include "fuzz/fuzz.hpp"
#include "sensor/channel_text.hpp"
#include "sensor/decimal.hpp"
#include "sensor/driver.hpp"

using namespace pegasus;
using drivers::replay::Column;
using drivers::replay::parseRecording;
using fuzz::require;

namespace {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

/// The recording in the plainest form of the format.
std::string written(const drivers::replay::Recording& recording) {
    std::string text;
    for (const auto& column : recording.columns) text += (text.empty() ? "" : ",") + quoted(column.quantity + ":" + column.unit);
    text += "\n";
    for (std::size_t i = 0; i < recording.values.size(); ++i) {
        const auto& value = recording.values[i];
        text += value ? fmt::format("{}", *value) : std::string("NA");
        text += (i + 1) % recording.columns.size() == 0 ? "\n" : ",";
    }
    return text;
}

void recordings(const std::string& text) {
    const auto recording = parseRecording(text, Column{"level", "m"});
    if (!recording) {
        require(!recording.error().message.empty() && recording.error().message.size() < 400, "an error is a short text");
        return;
    }
    require(!recording->columns.empty() && recording->columns.size() <= sensor::kMaxChannels, "columns are bounded");
    require(recording->values.size() == recording->rows() * recording->columns.size(), "rows are whole");
    for (const auto& column : recording->columns)
        require(sensor::checkQuantity(column.quantity) && sensor::checkUnit(column.unit), "names can be seen");
    const auto again = parseRecording(written(*recording), std::nullopt);
    require(again && again->values == recording->values, "what was read is read again");
}

void numbers(std::string_view text) {
    (void)drivers::sysfs::parseSlave(text);
    const auto number = sensor::Measured::parse(text);
    if (!number) return;
    const double value = number->published();
    require(std::isfinite(value), "a number is finite");
    require(sensor::Decimal::parse(fmt::format("{}", value))->toDouble() == value, "a number comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::textOf(data, size));
    recordings(text);
    for (const char* header : {"time,a:1\n", "a:1;b:1\n", "value\r", "\xEF\xBB\xBF" "a:1\r\n\"1\"\r\n"}) recordings(header + text);
    numbers(text);
    numbers(text.substr(0, 8));
    return 0;
}
