// SPDX-License-Identifier: Apache-2.0
// Buses by i2c-dev: plain transfers, or SMBus calls where the adapter knows no others. Documentation/i2c/dev-interface.rst.
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>

#include "drivers/linux/descriptor.hpp"
#include "drivers/linux/file.hpp"
#include "drivers/linux/i2c.hpp"

namespace pegasus::drivers::linux_ {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 3;
constexpr auto kLongestWait = std::chrono::seconds(3);  // for others on the bus
constexpr std::size_t kMostBytes = 512;                 // of one transfer; no chip here has more
constexpr const char* kDevices = "/sys/bus/i2c/devices";
constexpr const char* kAdapters = "/sys/class/i2c-dev";

/// Worth another try: a lost arbitration, a bus that another master holds, a glitch.
bool passing(int problem) { return problem == EAGAIN || problem == EBUSY || problem == EIO || problem == EPROTO; }

class DevBus final : public I2cBus {
public:
    explicit DevBus(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] const std::string& name() const override { return name_; }

    [[nodiscard]] std::string heldBy(std::uint8_t address) const override {
        const auto device = fs::path(kDevices) / fmt::format("{}-{:04x}", name_.substr(std::strlen("i2c-")), address);
        std::error_code problem;
        return fs::exists(device / "driver", problem) ? device.string() : std::string();
    }

    Result<void> transfer(std::uint8_t address, std::span<const std::uint8_t> out, std::span<std::uint8_t> in) override {
        const std::unique_lock lock(mutex_, kLongestWait);
        if (!lock) return fail(ErrorCode::Timeout, "{} is busy: a transfer with another chip takes more than {} s", name_, kLongestWait.count());
        if (out.size() > kMostBytes || in.size() > kMostBytes || out.size() + in.size() == 0)
            return fail(ErrorCode::InvalidArgument, "{} and {} bytes in one transfer", out.size(), in.size());
        PEGASUS_CHECK(openFile());
        // Says whether a kernel driver holds the address; I2C_RDWR would not ask.
        if (::ioctl(file_.get(), I2C_SLAVE, static_cast<unsigned long>(address)) != 0) return failed(address, errno, true);
        int problem = 0;
        for (int i = 0; i < kTries; ++i) {
            problem = plain_ ? plainTransfer(address, out, in) : smbusTransfer(out, in);
            if (problem == 0) return {};
            if (!passing(problem)) break;
        }
        if (problem == ENODEV || problem == ESHUTDOWN) file_ = Descriptor();  // the adapter is gone: opened anew when it is back
        return failed(address, problem, false);
    }

private:
    Result<void> openFile() {
        if (file_.open() && fs::exists(fs::path(kAdapters) / name_)) return {};
        const auto path = "/dev/" + name_;
        file_ = Descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (!file_.open()) {
            const auto code = errno == EACCES || errno == EPERM ? ErrorCode::AccessDenied : ErrorCode::NotFound;
            return fail(code, "{}: {}{}", path, std::strerror(errno), errno == ENOENT ? " (is I2C switched on, and the module i2c-dev loaded?)" : "");
        }
        unsigned long functions = 0;
        if (::ioctl(file_.get(), I2C_FUNCS, &functions) != 0) return fail(ErrorCode::Internal, "{}: {}", path, std::strerror(errno));
        plain_ = (functions & I2C_FUNC_I2C) != 0;
        return {};
    }

    int plainTransfer(std::uint8_t address, std::span<const std::uint8_t> out, std::span<std::uint8_t> in) {
        i2c_msg messages[2] = {};
        __u32 count = 0;
        if (!out.empty())  // the kernel does not write there
            messages[count++] = {address, 0, static_cast<__u16>(out.size()), const_cast<__u8*>(out.data())};
        if (!in.empty()) messages[count++] = {address, I2C_M_RD, static_cast<__u16>(in.size()), in.data()};
        i2c_rdwr_ioctl_data data{messages, count};
        return ::ioctl(file_.get(), I2C_RDWR, &data) < 0 ? errno : 0;
    }

    int smbus(__u8 direction, __u8 command, __u32 size, i2c_smbus_data* data) {
        i2c_smbus_ioctl_data call{direction, command, size, data};
        return ::ioctl(file_.get(), I2C_SMBUS, &call) < 0 ? errno : 0;
    }

    /// The calls that put the same bytes on the wire.
    int smbusTransfer(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) {
        i2c_smbus_data data{};
        if (in.empty()) {
            if (out.size() == 1) return smbus(I2C_SMBUS_WRITE, out[0], I2C_SMBUS_BYTE, nullptr);
            if (out.size() - 1 > I2C_SMBUS_BLOCK_MAX) return EOPNOTSUPP;
            if (out.size() == 2) {
                data.byte = out[1];
                return smbus(I2C_SMBUS_WRITE, out[0], I2C_SMBUS_BYTE_DATA, &data);
            }
            if (out.size() == 3) {
                data.word = static_cast<__u16>(out[1] | out[2] << 8);
                return smbus(I2C_SMBUS_WRITE, out[0], I2C_SMBUS_WORD_DATA, &data);
            }
            data.block[0] = static_cast<__u8>(out.size() - 1);
            std::ranges::copy(out.subspan(1), data.block + 1);
            return smbus(I2C_SMBUS_WRITE, out[0], I2C_SMBUS_I2C_BLOCK_DATA, &data);
        }
        if (out.empty() && in.size() == 1) {
            const int problem = smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE, &data);
            in[0] = data.byte;
            return problem;
        }
        if (out.size() != 1) return EOPNOTSUPP;
        return smbusRegisters(out[0], in);
    }

    int smbusRegisters(std::uint8_t first, std::span<std::uint8_t> in) {
        i2c_smbus_data data{};
        if (in.size() == 1) {
            const int problem = smbus(I2C_SMBUS_READ, first, I2C_SMBUS_BYTE_DATA, &data);
            in[0] = data.byte;
            return problem;
        }
        if (in.size() == 2) {
            const int problem = smbus(I2C_SMBUS_READ, first, I2C_SMBUS_WORD_DATA, &data);
            in[0] = static_cast<std::uint8_t>(data.word & 0xFF);
            in[1] = static_cast<std::uint8_t>(data.word >> 8);
            return problem;
        }
        for (std::size_t done = 0; done < in.size();) {
            const auto part = std::min<std::size_t>(in.size() - done, I2C_SMBUS_BLOCK_MAX);
            data.block[0] = static_cast<__u8>(part);
            if (const int problem = smbus(I2C_SMBUS_READ, static_cast<__u8>(first + done), I2C_SMBUS_I2C_BLOCK_DATA, &data)) return problem;
            if (data.block[0] != part) return EIO;
            std::copy_n(data.block + 1, part, in.begin() + static_cast<std::ptrdiff_t>(done));
            done += part;
        }
        return 0;
    }

    [[nodiscard]] Unexpected<Error> failed(std::uint8_t address, int problem, bool choosing) const {
        switch (problem) {
            case EBUSY:
                if (choosing) return fail(ErrorCode::InvalidState, "a kernel driver holds the address {:#04x} on {}", address, name_);
                break;
            case ENXIO:
            case EREMOTEIO: return fail(ErrorCode::NotFound, "no chip answers at {:#04x} on {}", address, name_);
            case ENODEV:
            case ESHUTDOWN: return fail(ErrorCode::NotFound, "{} is gone", name_);
            case ETIMEDOUT:
                return fail(ErrorCode::Timeout, "{} is stuck: no transfer with {:#04x} ended in time (a line held low?)", name_, address);
            case EOPNOTSUPP: return fail(ErrorCode::NotSupported, "{} can do SMBus only, and {:#04x} needs plain transfers", name_, address);
            default: break;
        }
        return fail(ErrorCode::Internal, "{:#04x} on {}: {}", address, name_, std::strerror(problem));
    }

    const std::string name_;
    std::timed_mutex mutex_;  // one transfer at a time, since a transfer is two calls
    Descriptor file_;
    bool plain_ = true;
};

class DevBuses final : public I2cBuses {
public:
    [[nodiscard]] std::vector<std::string> names() const override {
        std::vector<std::string> names;
        if (const auto folders = foldersIn(kAdapters))
            for (const auto& folder : *folders) names.push_back(folder.filename().string());
        return names;
    }

    [[nodiscard]] Result<std::shared_ptr<I2cBus>> open(std::string_view bus) override {
        PEGASUS_TRY(const auto name, resolve(bus));
        const std::lock_guard lock(mutex_);
        auto& known = buses_[name];
        auto shared = known.lock();
        if (shared == nullptr) {
            shared = std::make_shared<DevBus>(name);
            known = shared;
        }
        return std::shared_ptr<I2cBus>(std::move(shared));
    }

    [[nodiscard]] std::string lastingName(const std::string& bus) const override {
        const auto adapter = adapterOf(bus);
        std::size_t same = 0;
        for (const auto& name : names()) same += adapterOf(name) == adapter ? 1U : 0U;
        return adapter.empty() || same != 1 ? bus : adapter;
    }

private:
    static std::string adapterOf(const std::string& bus) {
        const auto text = readFile(fs::path(kAdapters) / bus / "name", 256);
        return std::string(text ? trimmed(*text) : std::string_view());
    }
    [[nodiscard]] Result<std::string> resolve(std::string_view bus) const {
        const auto plain = normalBus(bus);
        std::string there;
        std::vector<std::string> named;
        for (const auto& name : names()) {
            if (name == plain) return name;
            const auto adapter = adapterOf(name);
            if (adapter == bus) named.push_back(name);
            there += fmt::format("{}{} ({})", there.empty() ? "" : ", ", name, adapter);
        }
        if (named.size() == 1) return named.front();
        if (named.size() > 1) return fail(ErrorCode::InvalidState, "{} buses are called '{}': {}", named.size(), bus, there);
        return fail(ErrorCode::NotFound, "there is no I2C bus '{}'; there is: {}", bus, there.empty() ? "none (is I2C switched on, and the module i2c-dev loaded?)" : there);
    }

    std::mutex mutex_;
    std::map<std::string, std::weak_ptr<DevBus>> buses_;
};

}  // namespace

std::shared_ptr<I2cBuses> machineBuses() { return std::make_shared<DevBuses>(); }

}  // namespace pegasus::drivers::linux_
