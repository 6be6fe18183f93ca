// SPDX-License-Identifier: Apache-2.0
// Chip: what a driver of an I2C chip has to tell; the rest (bus, address, way, beginning anew after a fault) is the same for all.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hardware.hpp"
#include "drivers/linux/i2c.hpp"
#include "sensor/decimal.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::linux_ {

/// The user-space side of one chip. Lives on the sensor's thread.
class Chip {
public:
    virtual ~Chip() = default;
    /// Identifies the chip, resets it and sets it up: after the start, and again after a measurement that failed, since it may
    /// have lost its power. NotFound, with what was got and what was expected, where another chip answers.
    [[nodiscard]] virtual Result<void> begin(I2cDevice& device) = 0;
    /// One reading for each channel, in any order; one that the chip has no value for is Missing, one whose checksum is wrong Missing
    /// with a reason. An error: the chip did not answer, or nothing of its answer is good; it begins anew at the next turn.
    [[nodiscard]] virtual Result<std::vector<sensor::Reading>> measure(I2cDevice& device) = 0;
    /// After begin(), as its maker prints it; empty: it has none.
    [[nodiscard]] virtual std::string serial() const { return {}; }
    /// A chip that must be asked in a rhythm of its own, whatever the interval of its sensor: tick() is called so often.
    [[nodiscard]] virtual std::optional<Duration> rhythm() const { return std::nullopt; }
    [[nodiscard]] virtual Result<void> tick(I2cDevice&) { return {}; }
};

/// Readings of a channel of the type's table.
[[nodiscard]] sensor::Reading reading(const sensor::ChannelRow& row, double value);
[[nodiscard]] sensor::Reading uncertain(const sensor::ChannelRow& row, double value, std::string reason);
/// A value that stands for none: Bad.
[[nodiscard]] sensor::Reading nonsense(const sensor::ChannelRow& row, std::string reason);
[[nodiscard]] sensor::Reading absent(const sensor::ChannelRow& row, std::string reason);

/// Where the kernel's own driver shows a channel: the same quantity, unit and sense as the chip gives.
struct KernelChannel {
    std::string_view quantity;
    std::string_view channel;  ///< as the driver "sysfs" takes it: "temp", "humidityrelative" (IIO), "temp1" (hwmon)
    int power = 0;             ///< of ten, from the unit of "sysfs" to the chip's: 3 from [ppm] to [ppb]
};
struct KernelView {
    enum class Class : std::uint8_t { Hwmon, Iio };
    Class where;
    std::span<const KernelChannel> channels;  ///< those of the chip that it shows; the others are missing there
};

/// A type of chip: a DriverType and what goes with I2C. `options` are beside bus and address, which all have.
struct ChipType {
    std::string_view name;
    std::string_view summary;
    std::string_view marking;                   ///< what stands on it: "BME280"; provenance "chip"
    std::span<const std::string_view> addresses;  ///< that it may have, the usual one first: {"0x76", "0x77"}
    sensor::OptionTable options = {};
    std::span<const sensor::ChannelRow> channels = {};
    std::span<const KernelView> kernel = {};    ///< empty: no kernel driver is known
    Duration period{0};                         ///< the shortest interval at which it has something new; 0: any
    /// Whether this chip and no other answers there, told by an id or a checksum with harmless reads only; for the scan. None: it
    /// cannot be told.
    std::function<Result<bool>(I2cDevice&)> probe = {};
    /// The user-space side with its options; notes what is wrong between them. May narrow the channels (`channels`).
    struct Made {
        std::unique_ptr<Chip> chip;
        std::vector<sensor::Channel> channels;  ///< empty: all of the type
    };
    std::function<Made(sensor::Parameters&)> make;
};

/// Adds the type with the options bus ("i2c-1") and address, the claim on the address, and a driver that at each turn goes by
/// sysfs while a kernel driver is bound, else by user space; and a scan of all buses, if the type can be probed.
void registerChip(sensor::Registry& registry, const Hardware& hardware, const ChipType& type);

}  // namespace pegasus::drivers::linux_
