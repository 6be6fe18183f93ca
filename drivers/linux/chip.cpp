// SPDX-License-Identifier: Apache-2.0
// The driver of any I2C chip: looks at each turn who has it, the kernel or nobody, and goes that way.
#include "drivers/linux/chip.hpp"

#include <algorithm>
#include <filesystem>

#include "base/duration_text.hpp"
#include "drivers/linux/file.hpp"
#include "drivers/sysfs/attributes.hpp"
#include "drivers/sysfs/units.hpp"

namespace pegasus::drivers::linux_ {
namespace {

namespace fs = std::filesystem;
using sensor::Channel;
using sensor::Option;
using sensor::OptionKind;
using sensor::OptionTable;
using sensor::Parameters;
using sensor::Quality;
using sensor::Reading;

constexpr int kMostTurnsToSettle = 2;
constexpr std::string_view kUsualBus = "i2c-1";  // the pins 3 and 5 of a Raspberry Pi

Reading missingOf(const Channel& channel, std::string reason) {
    return {channel.quantity, channel.unit, std::nullopt, {}, Quality::Missing, std::move(reason)};
}

/// The folder of the class device (hwmon3, iio:device0) that belongs to the bus device.
Result<fs::path> classFolder(const fs::path& device, KernelView::Class where) {
    const bool hwmon = where == KernelView::Class::Hwmon;
    PEGASUS_TRY(const auto folders, foldersIn(hwmon ? device / "hwmon" : device));
    for (const auto& folder : folders)
        if (folder.filename().string().starts_with(hwmon ? "hwmon" : "iio:device")) return folder;
    return fail(ErrorCode::NotFound, "{} has no {} device", device.string(), hwmon ? "hwmon" : "IIO");
}

/// What the kernel's driver says. A channel that it does not show is missing.
class KernelSide {
public:
    explicit KernelSide(std::span<const KernelView> views) : views_(views) {}

    [[nodiscard]] Result<std::vector<Reading>> read(const fs::path& device, std::span<const Channel> channels) const {
        std::optional<Error> problem;
        for (const auto& view : views_) {
            const auto folder = classFolder(device, view.where);
            if (!folder) {
                problem = folder.error();
                continue;
            }
            return readView(*folder, view, channels);
        }
        if (problem) return fail(*problem);
        return fail(ErrorCode::NotSupported, "a kernel driver holds {}, and how it shows the chip is not known: unbind it", device.string());
    }

private:
    static Result<std::vector<Reading>> readView(const fs::path& folder, const KernelView& view, std::span<const Channel> channels) {
        std::vector<Reading> readings;
        std::optional<Error> problem;
        bool any = false;
        for (const auto& channel : channels) {
            const auto shown = std::ranges::find(view.channels, channel.quantity, &KernelChannel::quantity);
            if (shown == view.channels.end()) {
                readings.push_back(missingOf(channel, "the kernel's driver does not show it"));
                continue;
            }
            const auto value = valueOf(folder, view.where, *shown);
            if (!value) problem = value.error();
            any = any || value.has_value();
            readings.push_back(value ? Reading{channel.quantity, channel.unit, *value, {}, Quality::Good, {}}
                                     : missingOf(channel, value.error().message));
        }
        if (!any && problem) return fail(*problem);
        return readings;
    }
    static Result<double> valueOf(const fs::path& folder, KernelView::Class where, const KernelChannel& shown) {
        const std::string channel(shown.channel);
        const bool hwmon = where == KernelView::Class::Hwmon;
        PEGASUS_TRY(const auto conversion, hwmon ? sysfs::hwmonConversion(channel) : sysfs::iioConversion(channel));
        PEGASUS_TRY(const auto value, hwmon ? sysfs::readHwmon(folder, channel) : sysfs::readIio(folder, channel));
        return value.times(conversion.factor).times({1, shown.power}).published();
    }

    std::span<const KernelView> views_;
};

class ChipDriver final : public sensor::Driver {
public:
    struct Setup {
        std::string bus;
        std::uint8_t address = 0;
        std::string marking;
        std::span<const KernelView> kernel;
        std::vector<Channel> channels;
    };
    ChipDriver(const Hardware& hardware, Setup setup, std::unique_ptr<Chip> chip)
        : buses_(hardware.i2c), clock_(hardware.clock), pause_(hardware.pause), setup_(std::move(setup)), chip_(std::move(chip)), kernel_(setup_.kernel) {}

    [[nodiscard]] const std::vector<Channel>& channels() const override { return setup_.channels; }

    [[nodiscard]] Result<sensor::Opened> open(std::stop_token stop) override {
        PEGASUS_TRY(bus_, buses_->open(setup_.bus));
        const bool held = !bus_->heldBy(setup_.address).empty();
        if (!held) PEGASUS_CHECK(beginChip(stop));
        sensor::Opened opened{setup_.channels, {}, {{"chip", setup_.marking}, {"way", held ? "kernel driver" : "user space"}}};
        if (begun_ && !chip_->serial().empty()) opened.provenance["serial"] = chip_->serial();
        return opened;
    }

    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token stop) override {
        // Who has it may change between the look and the transfer: then the other way is tried.
        for (int i = 0;; ++i) {
            const auto device = bus_->heldBy(setup_.address);
            auto outcome = device.empty() ? readChip(stop) : readKernel(device);
            const bool changed = !outcome && bus_->heldBy(setup_.address).empty() != device.empty();
            if (!changed || i + 1 == kMostTurnsToSettle) return outcome;
        }
    }

    [[nodiscard]] sensor::Attention attention() const override {
        const auto rhythm = chip_->rhythm();
        if (!rhythm || !begun_) return {};
        return {.within = std::max(std::chrono::ceil<Duration>(ticked_ + *rhythm - clock_.steady()), Duration(0))};
    }
    [[nodiscard]] bool attend() override {
        ticked_ = clock_.steady();
        auto chip = device({});
        if (!chip_->tick(chip)) begun_ = false;
        return false;
    }

private:
    [[nodiscard]] I2cDevice device(std::stop_token stop) { return {*bus_, setup_.address, clock_, pause_, std::move(stop)}; }

    Result<void> beginChip(std::stop_token stop) {
        auto chip = device(std::move(stop));
        begun_ = false;
        PEGASUS_CHECK(chip_->begin(chip));
        begun_ = true;
        return {};
    }
    Result<std::vector<Reading>> readChip(std::stop_token stop) {
        if (!begun_) PEGASUS_CHECK(beginChip(stop));
        auto chip = device(std::move(stop));
        auto outcome = chip_->measure(chip);
        ticked_ = clock_.steady();
        if (!outcome) begun_ = false;
        return outcome;
    }
    Result<std::vector<Reading>> readKernel(const fs::path& device) {
        begun_ = false;  // the kernel's driver sets the chip up in its own way
        return kernel_.read(device, setup_.channels);
    }

    std::shared_ptr<I2cBuses> buses_;
    const Clock& clock_;
    Pause& pause_;
    const Setup setup_;
    std::unique_ptr<Chip> chip_;
    KernelSide kernel_;
    std::shared_ptr<I2cBus> bus_;
    bool begun_ = false;
    SteadyTime ticked_;
};

std::uint8_t addressOf(std::string_view text) { return static_cast<std::uint8_t>(sensor::parseWhole(text).value_or(0)); }

OptionTable optionsOf(const ChipType& type) {
    const Option own[] = {
        {.name = "bus", .help = "The bus: i2c-1, or the name of an adapter as the kernel has it", .standard = kUsualBus},
        {.name = "address", .kind = OptionKind::Whole, .help = "Address on the bus (7 bits)", .standard = type.addresses.front(),
         .choices = type.addresses}};
    return OptionTable(own).with(type.options);
}

std::unique_ptr<sensor::Driver> make(Parameters& parameters, const Hardware& hardware, const ChipType& type) {
    ChipDriver::Setup setup;
    setup.bus = normalBus(parameters.textOr("bus"));
    setup.address = static_cast<std::uint8_t>(parameters.whole("address").value_or(0));
    setup.marking = std::string(type.marking);
    setup.kernel = type.kernel;
    parameters.claim(parameters.has("address") ? "address" : "", fmt::format("the address {:#04x} on {}", setup.address, setup.bus));
    const auto interval = parameters.config().interval;
    if (interval < type.period)
        parameters.wrong("interval", fmt::format("interval is {}, and a {} measures once in {}", durationText(interval), type.marking, durationText(type.period)));
    auto made = type.make(parameters);
    setup.channels = made.channels.empty() ? sensor::channelsOf(type.channels) : std::move(made.channels);
    if (made.chip == nullptr) return nullptr;
    return std::make_unique<ChipDriver>(hardware, std::move(setup), std::move(made.chip));
}

/// A chip that the kernel holds is named by the kernel, and not touched.
std::optional<sensor::Discovery> look(const ChipType& type, I2cBus& bus, const std::string& called, std::uint8_t address, const Clock& clock, Pause& pause, std::stop_token stop) {
    if (!bus.heldBy(address).empty()) return std::nullopt;
    I2cDevice device(bus, address, clock, pause, std::move(stop));
    const auto there = type.probe(device);
    if (!there || !*there) return std::nullopt;
    sensor::Discovery found{fmt::format("{} at {:#04x} on {}", type.marking, address, bus.name()), {{"type", std::string(type.name)}}, false};
    if (bus.name() != kUsualBus) found.parameters["bus"] = called;
    if (address != addressOf(type.addresses.front())) found.parameters["address"] = fmt::format("{:#04x}", address);
    return found;
}

std::vector<sensor::Discovery> scan(const ChipType& type, const Hardware& hardware, const std::stop_token& stop) {
    std::vector<sensor::Discovery> all;
    for (const auto& name : hardware.i2c->names()) {
        const auto bus = hardware.i2c->open(name);
        if (!bus) continue;
        for (const auto address : type.addresses) {
            if (stop.stop_requested()) return all;
            if (auto found = look(type, **bus, hardware.i2c->lastingName(name), addressOf(address), hardware.clock, hardware.pause, stop)) all.push_back(*std::move(found));
        }
    }
    return all;
}

}  // namespace

Reading reading(const sensor::ChannelRow& row, double value) {
    return {std::string(row.quantity), std::string(row.unit), value, {}, Quality::Good, {}};
}

Reading uncertain(const sensor::ChannelRow& row, double value, std::string reason) {
    return {std::string(row.quantity), std::string(row.unit), value, {}, Quality::Uncertain, std::move(reason)};
}

Reading nonsense(const sensor::ChannelRow& row, std::string reason) {
    return {std::string(row.quantity), std::string(row.unit), std::nullopt, {}, Quality::Bad, std::move(reason)};
}

Reading absent(const sensor::ChannelRow& row, std::string reason) {
    return {std::string(row.quantity), std::string(row.unit), std::nullopt, {}, Quality::Missing, std::move(reason)};
}

void registerChip(sensor::Registry& registry, const Hardware& hardware, const ChipType& type) {
    sensor::DriverType declared{.name = type.name, .summary = type.summary, .options = optionsOf(type), .channels = type.channels, .nature = true};
    declared.make = [hardware, type](Parameters& parameters) { return make(parameters, hardware, type); };
    if (type.probe) declared.scan = [hardware, type](std::stop_token stop) { return scan(type, hardware, stop); };
    registry.add(std::move(declared));
}

}  // namespace pegasus::drivers::linux_
