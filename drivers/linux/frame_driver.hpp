// SPDX-License-Identifier: Apache-2.0
// FrameDriver: a serial sensor that sends frames unasked; a turn tells the newest.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hardware.hpp"
#include "drivers/linux/serial.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::linux_ {

/// What stood in one good frame.
struct FrameContent {
    std::vector<sensor::Reading> readings;
    std::string serial;  ///< empty: the sensor tells none
};

/// Takes the frames out of the front of a buffer, and returns the newest good one; leaves what may be the beginning of another. `wrong` counts
/// frames whose checksum was wrong.
using FrameParser = std::optional<FrameContent> (*)(Bytes& buffer, std::uint64_t& wrong);

struct FrameSetup {
    std::string chip;                ///< provenance
    std::vector<sensor::Channel> channels;
    FrameParser parse = nullptr;
    Duration fresh{0};               ///< a frame is told for so long
    Duration warmUp{0};              ///< after opening: readings are uncertain
};

class FrameDriver final : public sensor::Driver {
public:
    FrameDriver(const Hardware& hardware, SerialSettings settings, FrameSetup setup)
        : clock_(hardware.clock), pause_(hardware.pause), source_(std::move(settings)), setup_(std::move(setup)) {}

    [[nodiscard]] const std::vector<sensor::Channel>& channels() const override { return setup_.channels; }
    /// Waits for a first frame, so that the serial number is known.
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<sensor::Reading>> read(std::stop_token stop) override;
    [[nodiscard]] sensor::Attention attention() const override;
    [[nodiscard]] bool attend() override;

private:
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> take();

    const Clock& clock_;
    Pause& pause_;
    SerialSource source_;
    const FrameSetup setup_;
    std::optional<FrameContent> newest_;
    SteadyTime newestAt_;
    SteadyTime opened_;
    std::uint64_t wrong_ = 0;
    std::uint64_t told_ = 0;
};

/// A type of sensor whose frames come by themselves, each second.
struct FrameType {
    std::string_view name;
    std::string_view summary;
    std::string_view marking;        ///< on the sensor: provenance, and what a scan says
    std::span<const sensor::ChannelRow> channels;
    FrameParser parse = nullptr;
};

/// Registers the type with the options of a serial port, and with a scan that listens to the ports that nobody has.
void registerFrames(sensor::Registry& registry, const Hardware& hardware, const FrameType& type);

/// Sums of bytes, as these sensors have them.
[[nodiscard]] std::uint16_t sumOf(std::span<const std::uint8_t> bytes);

}  // namespace pegasus::drivers::linux_
