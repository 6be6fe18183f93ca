// SPDX-License-Identifier: Apache-2.0
// A driver to begin with: copy the folder (drivers/README.md).
#include "drivers/sample/sample.hpp"

#include "drivers/linux/file.hpp"

namespace pegasus::drivers::sample {
namespace {

using sensor::OptionKind;
using sensor::Quality;
using sensor::Reading;

constexpr sensor::ChannelRow kRows[] = {{.quantity = "level", .unit = "m", .least = 0, .most = 10, .help = "Above the bottom"}};
constexpr sensor::Option kOptions[] = {{.name = "file", .kind = OptionKind::File, .help = "Where the number stands", .needed = true}};

class SampleDriver final : public sensor::Driver {
public:
    explicit SampleDriver(std::string file) : file_(std::move(file)), channels_(sensor::channelsOf(kRows)) {}

    [[nodiscard]] const std::vector<sensor::Channel>& channels() const override { return channels_; }

    /// The source may be absent: then the sensor fails, says this error, and is opened again after a while.
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        PEGASUS_CHECK(linux_::readNumber(file_));
        return sensor::Opened{channels_, {}, {{"way", "a file"}}};
    }

    /// One reading for each channel; an error where the whole source gives nothing.
    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        PEGASUS_TRY(const auto number, linux_::readNumber(file_));
        return std::vector<Reading>{{channels_[0].quantity, channels_[0].unit, number.published(), {}, Quality::Good, {}}};
    }

private:
    const std::string file_;
    const std::vector<sensor::Channel> channels_;
};

}  // namespace

void registerType(sensor::Registry& registry, const Hardware&) {
    registry.add({.name = "sample",
                  .summary = "A number in a file",
                  .options = kOptions,
                  .channels = kRows,
                  .make = [](sensor::Parameters& parameters) -> std::unique_ptr<sensor::Driver> {
                      return std::make_unique<SampleDriver>(parameters.textOr("file"));
                  },
                  .nature = true});
}

}  // namespace pegasus::drivers::sample
