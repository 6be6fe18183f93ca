// SPDX-License-Identifier: Apache-2.0
// Serial ports by termios.
#include "drivers/linux/serial.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

namespace pegasus::drivers::linux_ {
namespace {

namespace fs = std::filesystem;
using sensor::Option;
using sensor::OptionKind;

struct Rate {
    std::string_view name;
    unsigned baud;
    speed_t speed;
};
constexpr Rate kRates[] = {{"1200", 1200, B1200},   {"2400", 2400, B2400},    {"4800", 4800, B4800},    {"9600", 9600, B9600},
                           {"19200", 19200, B19200}, {"38400", 38400, B38400}, {"57600", 57600, B57600}, {"115200", 115200, B115200}};
constexpr std::string_view kRateNames[] = {"1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200"};
constexpr std::string_view kParities[] = {"none", "even", "odd"};
constexpr std::string_view kStopBits[] = {"1", "2"};
constexpr std::size_t kMostPorts = 16;  // listened to at a time

Result<void> setUp(int port, const SerialSettings& settings) {
    termios mode{};
    if (::tcgetattr(port, &mode) != 0) return fail(ErrorCode::InvalidState, "{} is no serial port", settings.port);
    ::cfmakeraw(&mode);
    mode.c_cflag |= CLOCAL | CREAD;
    mode.c_cflag &= ~static_cast<tcflag_t>(CRTSCTS | CSTOPB | PARENB | PARODD);
    if (settings.parity != 'n') mode.c_cflag |= PARENB;
    if (settings.parity == 'o') mode.c_cflag |= PARODD;
    if (settings.stopBits == 2) mode.c_cflag |= CSTOPB;
    const auto rate = std::ranges::find(kRates, settings.baud, &Rate::baud);
    if (rate == std::end(kRates) || ::cfsetspeed(&mode, rate->speed) != 0)
        return fail(ErrorCode::InvalidArgument, "{} has no rate of {} baud", settings.port, settings.baud);
    if (::tcsetattr(port, TCSANOW, &mode) != 0) return fail(ErrorCode::InvalidState, "{} cannot be set up: {}", settings.port, std::strerror(errno));
    (void)::tcflush(port, TCIFLUSH);  // what came before is of no use
    return {};
}

Result<Descriptor> openPort(const SerialSettings& settings) {
    Descriptor port(::open(settings.port.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!port.open()) {
        const auto code = errno == EACCES ? ErrorCode::AccessDenied : errno == EBUSY ? ErrorCode::InvalidState : ErrorCode::NotFound;
        return fail(code, "{}: {}", settings.port, errno == EBUSY ? "somebody else uses it" : std::strerror(errno));
    }
    PEGASUS_CHECK(setUp(port.get(), settings));
    (void)::ioctl(port.get(), TIOCEXCL);  // a pseudo-terminal may not know it
    return port;
}

/// -1: broken; else how many bytes came.
ssize_t drain(int port, Bytes& buffer) {
    ssize_t all = 0;
    for (;;) {
        std::array<std::uint8_t, 512> part{};
        const auto got = ::read(port, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) break;
        if (got <= 0) return -1;
        buffer.insert(buffer.end(), part.begin(), part.begin() + got);
        if (buffer.size() > kMostBuffered) buffer.erase(buffer.begin(), buffer.end() - static_cast<std::ptrdiff_t>(kMostBuffered));
        all += got;
        if (all > static_cast<ssize_t>(kMostBuffered)) break;  // who floods waits for the next turn
    }
    return all;
}

std::vector<std::string> portFiles() {
    std::vector<std::string> files;
    std::error_code problem;
    std::vector<std::string> real;
    for (const auto* folder : {"/dev/serial/by-id", "/dev"}) {
        for (fs::directory_iterator entry(folder, problem); !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
            const auto name = entry->path().filename().string();
            const bool serial = std::string_view(folder) != "/dev" || name.starts_with("ttyUSB") || name.starts_with("ttyACM") || name.starts_with("ttyAMA") || name.starts_with("ttyS");
            const auto target = fs::canonical(entry->path(), problem).string();
            if (!serial || problem || std::ranges::find(real, target) != real.end()) continue;
            real.push_back(target);  // by the name that stays, if it has one
            files.push_back(entry->path().string());
        }
        problem.clear();
    }
    return files;
}

}  // namespace

sensor::OptionTable serialOptions(std::string_view baud) {
    const Option rows[] = {
        {.name = "port", .kind = OptionKind::File, .help = "The serial port: /dev/serial/by-id/... stays, /dev/ttyUSB0 may change", .needed = true},
        {.name = "baud", .kind = OptionKind::Choice, .help = "Its rate", .standard = baud, .choices = kRateNames},
        {.name = "parity", .kind = OptionKind::Choice, .help = "Its parity", .standard = "none", .choices = kParities},
        {.name = "stop-bits", .kind = OptionKind::Choice, .help = "Its stop bits", .standard = "1", .choices = kStopBits}};
    return rows;
}

SerialSettings serialSettings(sensor::Parameters& parameters) {
    SerialSettings settings;
    settings.port = parameters.textOr("port");
    settings.baud = kRates[parameters.choice("baud")].baud;
    settings.parity = kParities[parameters.choice("parity")].front();
    settings.stopBits = static_cast<int>(parameters.choice("stop-bits")) + 1;
    if (!settings.port.empty()) parameters.claim("port", "the serial port " + settings.port);
    return settings;
}

Result<void> SerialSource::open() {
    if (port_.open()) return {};
    PEGASUS_TRY(port_, openPort(settings_));
    buffer_.clear();
    return {};
}

Result<void> SerialSource::take() {
    if (!port_.open()) return fail(ErrorCode::NotFound, "{} is not open", settings_.port);
    if (drain(port_.get(), buffer_) >= 0) return {};
    port_ = Descriptor();
    return fail(ErrorCode::NotFound, "{} is gone", settings_.port);
}

std::vector<std::string> listenToPorts(unsigned baud, Duration within, const std::function<bool(const Bytes&)>& known) {
    struct Port {
        std::string file;
        Descriptor open;
        Bytes heard;
    };
    std::vector<Port> ports;
    for (const auto& file : portFiles())
        if (ports.size() < kMostPorts)
            if (auto open = openPort({file, baud})) ports.push_back({file, *std::move(open), {}});
    std::vector<std::string> found;
    const auto end = std::chrono::steady_clock::now() + within;
    while (!ports.empty() && std::chrono::steady_clock::now() < end) {
        std::vector<pollfd> waits;
        for (const auto& port : ports) waits.push_back({port.open.get(), POLLIN, 0});
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
        if (::poll(waits.data(), waits.size(), static_cast<int>(std::max<std::int64_t>(rest, 0))) <= 0) break;
        for (std::size_t i = ports.size(); i-- > 0;) {
            if (waits[i].revents == 0) continue;
            const bool broken = drain(ports[i].open.get(), ports[i].heard) < 0;
            const bool is = known(ports[i].heard);
            if (is) found.push_back(ports[i].file);
            if (is || broken) ports.erase(ports.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
    return found;
}

}  // namespace pegasus::drivers::linux_
