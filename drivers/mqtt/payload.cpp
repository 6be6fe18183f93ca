// SPDX-License-Identifier: Apache-2.0
// Payloads.
#include "drivers/mqtt/payload.hpp"

#include "drivers/linux/file.hpp"
#include "drivers/linux/json_pointer.hpp"
#include "sensor/channel_text.hpp"

namespace pegasus::drivers::mqtt {
namespace {

constexpr std::size_t kMostTopic = 1024;

}  // namespace

Result<void> checkTopic(std::string_view topic) {
    if (topic.empty() || topic.size() > kMostTopic) return fail(ErrorCode::InvalidArgument, "{} bytes, expected 1 to {}", topic.size(), kMostTopic);
    if (topic.find_first_of("+#") != std::string_view::npos)
        return fail(ErrorCode::InvalidArgument, "wildcards (+, #) are not taken: many devices in one channel could not be told apart; make a sensor for each topic");
    return {};
}

Result<double> numberIn(std::string_view payload, const std::string& pointer) {
    if (pointer.empty()) {
        const auto text = linux_::trimmed(payload);
        if (const auto number = sensor::Decimal::parse(text)) return number->toDouble();
        return fail(ErrorCode::InvalidArgument, "'{}' is no number", sensor::quotable(text));
    }
    PEGASUS_TRY(const auto numbers, linux_::numbersAt(payload, {pointer}));
    return numbers.front();
}

std::optional<bool> availabilityOf(std::string_view payload) {
    const auto text = linux_::trimmed(payload);
    for (const auto* word : {"online", "Online", "ON", "1", "true", R"({"state":"online"})", R"({"state": "online"})"})
        if (text == word) return true;
    for (const auto* word : {"offline", "Offline", "OFF", "0", "false", R"({"state":"offline"})", R"({"state": "offline"})"})
        if (text == word) return false;
    return std::nullopt;
}

}  // namespace pegasus::drivers::mqtt
