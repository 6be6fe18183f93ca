// SPDX-License-Identifier: Apache-2.0
// Families, the text of w1_slave, and the values that are none.
#include "drivers/sysfs/thermometer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "drivers/linux/file.hpp"

namespace pegasus::drivers::sysfs {
namespace {

constexpr double kPowerOn = 85'000;
constexpr double kNoAnswer = -127'000;
constexpr double kNear = 5'000;  // a chip read every minute does not warm faster

// DS18S20, DS1822, DS18B20 and DS28EA00: all hold 85 degrees after power-on. (Not 3b, MAX31850: a thermocouple.)
constexpr std::array<std::string_view, 4> kFamilies{"10-", "22-", "28-", "42-"};

}  // namespace

bool isThermometerAddress(std::string_view name) {
    if (name.size() < 4 || name.size() > 15) return false;
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return std::ranges::find(kFamilies, name.substr(0, 3)) != kFamilies.end() && std::ranges::all_of(name.substr(3), hex);
}

bool isThermometer(const std::filesystem::path& path) {
    const auto named = [](const std::filesystem::path& component) { return isThermometerAddress(component.string()); };
    return std::any_of(path.begin(), path.end(), named);
}

Result<sensor::Measured> parseSlave(std::string_view text) {
    // "a2 01 4b 46 7f ff 0e 10 d8 : crc=d8 YES\na2 01 4b 46 7f ff 0e 10 d8 t=26125\n"
    const auto first = linux_::trimmed(text.substr(0, text.find('\n')));
    if (first.ends_with(" NO")) return fail(ErrorCode::Corrupt, "the checksum of the chip's answer is wrong");
    const auto at = text.rfind("t=");
    if (!first.ends_with(" YES") || at == std::string_view::npos)
        return fail(ErrorCode::InvalidArgument, "not the text of w1_slave, with a checksum and t=");
    return linux_::parseNumber(text.substr(at + 2));
}

Result<sensor::Measured> ThermometerFilter::pass(const Result<sensor::Measured>& thousandths) {
    const auto before = std::exchange(last_, std::nullopt);
    if (!thousandths) return thousandths;
    const double value = thousandths->value.toDouble();
    if (value == kNoAnswer) return fail(ErrorCode::Corrupt, "-127 degrees: the chip did not answer");
    if (value == kPowerOn && !(before && std::abs(*before - value) <= kNear))
        return fail(ErrorCode::Corrupt, "85 degrees, which the chip says after power-on: not a temperature");
    last_ = value;
    return thousandths;
}

}  // namespace pegasus::drivers::sysfs
