// SPDX-License-Identifier: Apache-2.0
// pegasusctl sensor watch
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>

#include "bus/text.hpp"
#include "cli/arguments.hpp"
#include "cli/sparkline.hpp"
#include "cli/verbs.hpp"
#include "cli/width.hpp"

namespace pegasus::cli {
namespace {

namespace json = boost::json;
using bus::printable;

struct Arguments {
    std::vector<std::string> names;
    std::size_t count = 0;
};

constexpr std::size_t kMaxDatagram = 1 << 18;
constexpr std::size_t kBars = 40;

/// By the environment, as programs of a terminal do.
bool speaksUtf8() {
    for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
            return std::string_view(value).ends_with("UTF-8") || std::string_view(value).ends_with("utf8");
    return false;
}

/// What a terminal shows of the channels that are watched: a line for each, drawn again and again.
class Screen {
public:
    void take(const json::object& turn) {
        const auto* readings = turn.if_contains("readings");
        const auto* sensor = turn.if_contains("sensor");
        if (readings == nullptr || !readings->is_array() || sensor == nullptr || !sensor->is_string()) return;
        for (const auto& one : readings->as_array())
            if (one.is_object()) take(std::string(sensor->as_string()), one.as_object());
    }
    /// Moves back over what it drew before.
    [[nodiscard]] std::string draw() {
        winsize size{};
        const std::size_t width = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col - 1U : 79U;
        std::string text = drawn_ > 0 ? fmt::format("\x1b[{}A", drawn_) : "";
        for (const auto& [name, line] : lines_) text += "\x1b[K" + cutToWidth(fmt::format("{:<28} {:>12} {:<8} {:<10} {}", name, line.value, line.unit, line.note, sparkline(line.values, unicode_)), width) + "\n";
        drawn_ = lines_.size();
        return text;
    }

private:
    struct Line {
        std::string value, unit, note;
        std::deque<double> values;
    };
    static std::string textOf(const json::object& reading, const char* key) {
        const auto* found = reading.if_contains(key);
        return found != nullptr && found->is_string() ? printable(std::string(found->as_string())) : "";
    }
    void take(const std::string& sensor, const json::object& reading) {
        auto& line = lines_[printable(sensor) + " " + textOf(reading, "quantity")];
        line.unit = textOf(reading, "unit");
        line.note = textOf(reading, "quality");
        if (line.note == "good") line.note.clear();
        const auto* value = reading.if_contains("value");
        line.value = value != nullptr && value->is_number() ? numberText(value->to_number<double>()) : "-";
        if (line.value == "-") return;
        line.values.push_back(value->to_number<double>());
        if (line.values.size() > kBars) line.values.pop_front();
    }

    std::map<std::string, Line> lines_;
    std::size_t drawn_ = 0;
    const bool unicode_ = speaksUtf8();
};

/// One line for each reading, where there is no terminal.
std::string plainLines(const json::object& turn) {
    std::string text;
    const auto* readings = turn.if_contains("readings");
    if (readings == nullptr || !readings->is_array()) return text;
    for (const auto& one : readings->as_array()) {
        const auto& reading = one.as_object();
        const auto said = [&](const char* key) {
            const auto* found = reading.if_contains(key);
            return found != nullptr && found->is_string() ? printable(std::string(found->as_string())) : "";
        };
        const auto* value = reading.if_contains("value");
        const auto quality = said("quality");
        text += fmt::format("{}  {}  {}  {} {}{}\n", timeText(reading.contains("time") ? reading.at("time").to_number<std::int64_t>() : 0),
                            printable(std::string(turn.at("sensor").as_string())), said("quantity"),
                            value != nullptr && value->is_number() ? numberText(value->to_number<double>()) : "-", said("unit"),
                            quality == "good" ? "" : "  (" + quality + ": " + said("reason") + ")");
    }
    return text;
}

Result<std::vector<std::string>> watched(Context& context, const Arguments& a) {
    std::vector<std::string> ids;
    for (const auto& name : a.names) {
        PEGASUS_TRY(auto id, resolve(context, Kind::Sensor, name));
        ids.push_back(std::move(id));
    }
    if (!ids.empty()) return ids;
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(const auto objects, client->objects(bus::kSensor));
    for (const auto& object : objects) ids.push_back(bus::textAt(object.properties, "Id"));
    if (ids.empty()) return fail(ErrorCode::NotFound, "no sensor is configured: pegasusctl sensor scan, or sensor drivers");
    return ids;
}

Result<void> watch(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto ids, watched(context, a));
    std::vector<Descriptor> sockets;
    for (const auto& id : ids) {
        PEGASUS_TRY(auto socket, context.call<Descriptor>({bus::objectPath(bus::kSensorFolder, id), bus::kSensor, "Watch", {Dict{}}}));
        sockets.push_back(std::move(socket));
    }
    Screen screen;
    const bool terminal = !context.json && ::isatty(STDOUT_FILENO) == 1;
    std::string datagram(kMaxDatagram, '\0');
    std::vector<pollfd> waits;
    for (const auto& socket : sockets) waits.push_back({socket.get(), POLLIN, 0});
    for (std::size_t seen = 0; a.count == 0 || seen < a.count;) {
        if (::poll(waits.data(), waits.size(), -1) < 0) {
            if (errno == EINTR) continue;
            return fail(ErrorCode::Internal, "watching broke off: {}", std::strerror(errno));
        }
        for (const auto& wait : waits) {
            if (wait.revents == 0) continue;
            const auto size = ::recv(wait.fd, datagram.data(), datagram.size(), MSG_DONTWAIT);
            if (size <= 0) return fail(ErrorCode::Cancelled, "the daemon closed the connection");
            const std::string line(datagram.data(), static_cast<std::size_t>(size));
            boost::system::error_code problem;
            const auto value = json::parse(line, problem);
            if (problem || !value.is_object()) continue;
            ++seen;
            if (terminal) screen.take(value.as_object());
            context.print(line, terminal ? screen.draw() : plainLines(value.as_object()));
            if (context.out->failure() != 0) return {};
        }
    }
    return {};
}

}  // namespace

void addSensorWatch(CLI::App& group, Context& context) {
    auto a = std::make_shared<Arguments>();
    auto* live = group.add_subcommand("watch", "Live values with a small chart, until Ctrl-C; with --json one turn a line");
    live->add_option("sensors", a->names, "Identifiers, as in sensor list; all without any");
    addCount(*live, "--count", a->count, "End after so many turns; 0: never", {0, kMostRows});
    live->callback([&context, a] { context.run = [a](Context& c) { return watch(c, *a); }; });
}

}  // namespace pegasus::cli
