// SPDX-License-Identifier: Apache-2.0
// The text of a data message as readings.
#include "market/data_message.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "market/json_text.hpp"

namespace pegasus::market {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxText = 1000;

std::optional<Timestamp> timeOf(const json::object& object) {
    auto millis = integerMember(object, "timestamp");
    if (!millis) millis = integerMember(object, "time");
    constexpr std::int64_t kYear10000 = 253'402'300'800'000;
    if (!millis || *millis < 0 || *millis >= kYear10000) return std::nullopt;
    return Timestamp(std::chrono::milliseconds(*millis));
}

bool setValue(DataReading& reading, const json::value& value) {
    if (value.is_int64()) reading.value = value.get_int64();
    else if (value.is_uint64()) reading.value = static_cast<double>(value.get_uint64());
    else if (value.is_double() && std::isfinite(value.get_double())) reading.value = value.get_double();
    else if (value.is_bool()) reading.value = value.get_bool();
    else if (value.is_string()) reading.value = cleanText(value.get_string(), kMaxText);
    else if (value.is_null()) reading.value = std::monostate();
    else return false;
    return true;
}

void addReadings(std::vector<DataReading>& out, const json::value& entry) {
    if (!entry.is_object()) return;
    const auto& object = entry.get_object();
    const auto* data = object.if_contains("data");
    if (data == nullptr || out.size() >= kMaxReadings) return;
    DataReading reading;
    reading.time = timeOf(object);
    reading.quantity = textMember(object, "quantity", 64).value_or("");
    reading.unit = textMember(object, "unit", 64).value_or("");
    reading.quality = textMember(object, "quality", 64).value_or("");
    reading.reason = textMember(object, "reason", 64).value_or("");
    if (setValue(reading, *data)) {
        out.push_back(std::move(reading));
    } else if (data->is_object()) {
        for (const auto& [name, value] : data->get_object()) {
            if (out.size() >= kMaxReadings) return;
            reading.name = cleanText(name, 64);
            if (setValue(reading, value)) out.push_back(reading);
        }
    }
}

}  // namespace

Result<std::vector<DataReading>> decodeReadings(std::string_view text) {
    if (text.size() > kMaxDataMessage)
        return fail(ErrorCode::LimitExceeded, "a data message of {} characters, expected at most {}", text.size(), kMaxDataMessage);
    PEGASUS_TRY(const auto value, parseJson(text));
    std::vector<DataReading> readings;
    if (value.is_array()) {
        for (const auto& entry : value.get_array()) addReadings(readings, entry);
    } else {
        addReadings(readings, value);
    }
    if (readings.empty()) return fail(ErrorCode::InvalidArgument, "no reading in the message");
    return readings;
}

}  // namespace pegasus::market
