// SPDX-License-Identifier: Apache-2.0
// Which file is asked first, and what an absent one means.
#include "drivers/sysfs/attributes.hpp"

#include <vector>

#include "drivers/linux/file.hpp"
#include "drivers/sysfs/thermometer.hpp"
#include "drivers/sysfs/units.hpp"

namespace pegasus::drivers::sysfs {
namespace {

namespace fs = std::filesystem;
using linux_::readNumber;
using sensor::Decimal;
using sensor::Measured;

constexpr std::string_view kSlave = "w1_slave";

/// The first of the files that is there, else the error of the first.
Result<Measured> firstNumber(const std::vector<fs::path>& files) {
    auto first = readNumber(files.front());
    if (first || first.error().code != ErrorCode::NotFound) return first;
    for (std::size_t i = 1; i < files.size(); ++i)
        if (auto next = readNumber(files[i]); next || next.error().code != ErrorCode::NotFound) return next;
    return first;
}

Result<Decimal> optionalNumber(const std::vector<fs::path>& files, Decimal fallback) {
    const auto number = firstNumber(files);
    if (number) return number->value;
    if (number.error().code == ErrorCode::NotFound) return fallback;
    return fail(number.error());
}

}  // namespace

Result<Measured> readHwmon(const fs::path& device, const std::string& channel) {
    PEGASUS_TRY(const auto fault, optionalNumber({device / (channel + "_fault")}, {}));
    if (!fault.isZero()) return fail(ErrorCode::Corrupt, "the chip reports a fault of {}", channel);
    return firstNumber({device / (channel + "_input"), device / (channel + "_average"), device / channel});
}

Result<Measured> readIio(const fs::path& device, const std::string& channel) {
    const auto processed = readNumber(device / fmt::format("in_{}_input", channel));
    if (processed || processed.error().code != ErrorCode::NotFound) return processed;
    auto raw = readNumber(device / fmt::format("in_{}_raw", channel));
    if (!raw) return raw;
    const auto shared = [&](std::string_view attribute) {
        std::vector<fs::path> files;
        for (const auto& name : attributeNames(channel)) files.push_back(device / fmt::format("in_{}_{}", name, attribute));
        files.push_back(device / fmt::format("in_{}", attribute));
        return files;
    };
    PEGASUS_TRY(const auto offset, optionalNumber(shared("offset"), {}));
    PEGASUS_TRY(const auto scale, optionalNumber(shared("scale"), {1, 0}));
    raw->value = raw->value + offset;  // exact by definition: the step stays that of the raw value
    return raw->times(scale);
}

Result<Measured> readThermometer(const fs::path& device) {
    auto value = readNumber(device / "temperature");
    if (value || value.error().code != ErrorCode::NotFound) return value;
    auto slave = readPlain(device / kSlave);
    return slave || slave.error().code != ErrorCode::NotFound ? slave : value;
}

Result<Measured> readPlain(const fs::path& file) {
    if (file.filename() != kSlave) return readNumber(file);
    PEGASUS_TRY(const auto text, linux_::readFile(file));
    auto value = parseSlave(text);
    if (!value) return fail(value.error().code, "{}: {}", file.string(), value.error().message);
    return value;
}

}  // namespace pegasus::drivers::sysfs
