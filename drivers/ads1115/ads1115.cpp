// SPDX-License-Identifier: Apache-2.0
// One conversion for each input and turn; the chip is off between. Source: Texas Instruments ADS111x data sheet SBAS444D (January 2018),
// sections 9.3 to 9.6.
#include "drivers/ads1115/ads1115.hpp"

#include <algorithm>
#include <cmath>

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::ads1115 {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint8_t kConversion = 0x00, kConfig = 0x01;
constexpr std::uint16_t kStart = 0x8000, kSingle = 0x0100, kRate128 = 0x0080, kNoComparator = 0x0003;
constexpr Duration kTime = 9ms;  // 128 samples a second, 10 % slower at most
constexpr int kPolls = 10;
constexpr double kCounts = 32768;

/// Inputs as the kernel calls them, each with its bits of the multiplexer (table 8).
struct Input {
    std::string_view name;
    std::uint16_t bits;
};
constexpr Input kInputs[] = {{"voltage0", 4}, {"voltage1", 5}, {"voltage2", 6}, {"voltage3", 7},
                             {"voltage0-voltage1", 0}, {"voltage0-voltage3", 1}, {"voltage1-voltage3", 2}, {"voltage2-voltage3", 3}};
constexpr sensor::ChannelRow kRows[] = {
    {.quantity = "voltage0", .unit = "V", .help = "A0 against ground"}, {.quantity = "voltage1", .unit = "V", .help = "A1 against ground"},
    {.quantity = "voltage2", .unit = "V", .help = "A2 against ground"}, {.quantity = "voltage3", .unit = "V", .help = "A3 against ground"},
    {.quantity = "voltage0-voltage1", .unit = "V", .help = "A0 against A1"}, {.quantity = "voltage0-voltage3", .unit = "V", .help = "A0 against A3"},
    {.quantity = "voltage1-voltage3", .unit = "V", .help = "A1 against A3"}, {.quantity = "voltage2-voltage3", .unit = "V", .help = "A2 against A3"}};
constexpr std::string_view kNames[] = {"voltage0", "voltage1", "voltage2", "voltage3", "voltage0-voltage1", "voltage0-voltage3", "voltage1-voltage3", "voltage2-voltage3"};
constexpr std::string_view kRanges[] = {"6.144", "4.096", "2.048", "1.024", "0.512", "0.256"};
constexpr double kVolts[] = {6.144, 4.096, 2.048, 1.024, 0.512, 0.256};
constexpr std::string_view kAddresses[] = {"0x48", "0x49", "0x4a", "0x4b"};
constexpr sensor::Option kOptions[] = {
    {.name = "inputs", .kind = OptionKind::List, .help = "Which of the channels are read", .standard = "voltage0, voltage1, voltage2, voltage3", .choices = kNames},
    {.name = "range", .kind = OptionKind::Choice, .help = "Largest voltage to either side, in V; never more than the supply", .standard = "4.096", .choices = kRanges}};
constexpr linux_::KernelChannel kShown[] = {{"voltage0", "voltage0"}, {"voltage1", "voltage1"}, {"voltage2", "voltage2"}, {"voltage3", "voltage3"},
                                            {"voltage0-voltage1", "voltage0-voltage1"}, {"voltage0-voltage3", "voltage0-voltage3"},
                                            {"voltage1-voltage3", "voltage1-voltage3"}, {"voltage2-voltage3", "voltage2-voltage3"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

class Ads1115Chip final : public linux_::Chip {
public:
    /// `inputs`: indices of kInputs; `range`: of kVolts.
    Ads1115Chip(std::vector<std::size_t> inputs, std::size_t range) : inputs_(std::move(inputs)), range_(range) {}

    Result<void> begin(I2cDevice& device) override {
        // It has no id; that it keeps what is written to it is all that tells it from nothing.
        const auto wanted = static_cast<std::uint16_t>(configOf(kInputs[inputs_.front()]) & ~kStart);
        PEGASUS_CHECK(device.writeWord(kConfig, wanted));
        PEGASUS_TRY(const auto kept, device.readWord(kConfig));
        if ((kept | kStart) == (wanted | kStart)) return {};
        return fail(ErrorCode::NotFound, "the chip at {:#04x} does not keep its settings: got {:#06x}, expected {:#06x}", device.address(), kept, wanted);
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        std::vector<Reading> readings;
        for (const auto input : inputs_) {
            PEGASUS_TRY(const auto counts, convert(device, configOf(kInputs[input])));
            readings.push_back(readingOf(kRows[input], counts));
        }
        return readings;
    }

private:
    [[nodiscard]] std::uint16_t configOf(const Input& input) const {
        return static_cast<std::uint16_t>(kStart | input.bits << 12 | range_ << 9 | kSingle | kRate128 | kNoComparator);
    }
    static Result<std::int16_t> convert(I2cDevice& device, std::uint16_t config) {
        PEGASUS_CHECK(device.writeWord(kConfig, config));
        PEGASUS_CHECK(device.pause(kTime));
        for (int i = 0; i < kPolls; ++i) {
            PEGASUS_TRY(const auto now, device.readWord(kConfig));
            if ((now | kStart) != config) return fail(ErrorCode::Corrupt, "the chip lost its settings: it was reset, or its answer broke off");
            if ((now & kStart) == 0) {
                PEGASUS_CHECK(device.pause(1ms));
                continue;
            }
            PEGASUS_TRY(const auto word, device.readWord(kConversion));
            return static_cast<std::int16_t>(word);
        }
        return fail(ErrorCode::Timeout, "the conversion does not come to an end");
    }
    [[nodiscard]] Reading readingOf(const sensor::ChannelRow& row, std::int16_t counts) const {
        if (counts == 32767 || counts == -32768) return linux_::nonsense(row, fmt::format("out of range: beyond {} V", kRanges[range_]));
        const double step = kVolts[range_] / kCounts;
        return linux_::reading(row, sensor::roundedTo(counts * step, step, 6));
    }

    std::vector<std::size_t> inputs_;
    std::size_t range_;
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "ads1115";
    type.summary = "Texas Instruments ADS1115: four voltages (I2C)";
    type.marking = "ADS1115";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;  // no probe: it has neither an id nor a checksum
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        const auto names = parameters.list("inputs");
        std::vector<std::size_t> inputs;
        for (std::size_t i = 0; i < std::size(kInputs); ++i)
            if (std::ranges::find(names, kInputs[i].name) != names.end()) inputs.push_back(i);
        if (inputs.empty()) return {};
        return {std::make_unique<Ads1115Chip>(inputs, parameters.choice("range")), sensor::channelsOf(kRows, names)};
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::ads1115
