// SPDX-License-Identifier: Apache-2.0
// pegasusctl sensor drivers|scan|watch|maintain
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>

#include "base/nearest.hpp"
#include "bus/text.hpp"
#include "cli/arguments.hpp"
#include "cli/driver_text.hpp"
#include "cli/sparkline.hpp"
#include "cli/verbs.hpp"
#include "cli/width.hpp"
#include "version.hpp"

namespace pegasus::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using bus::printable;

struct Arguments {
    std::string driver;
    std::string sensor;
    std::vector<std::string> names;
    std::vector<std::string> add;
    Duration time{0};
    bool end = false;
    std::size_t count = 0;
};

constexpr std::size_t kMaxDatagram = 1 << 18;
constexpr std::size_t kBars = 40;

Result<void> drivers(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto rows, context.call<Dicts>({bus::kRootPath, bus::kManager, "ListDrivers", {}}));
    if (a.driver.empty()) {
        Dicts types;
        std::ranges::copy_if(rows, std::back_inserter(types), [](const Dict& row) { return !bus::textAt(row, "name").empty(); });
        context.printTable({{"name", "TYPE", Show::Full}, {"summary", "WHAT IT READS", Show::Full}}, types);
        return {};
    }
    std::vector<std::string> known;
    for (const auto& row : rows) {
        if (bus::textAt(row, "name") == a.driver) {
            context.print(toJson(Value(row)), driverText(row));
            return {};
        }
        known.push_back(bus::textAt(row, "name"));
    }
    const auto near = nearest(a.driver, known);
    return fail(ErrorCode::NotFound, "there is no driver '{}'{}; pegasusctl sensor drivers lists them", printable(a.driver),
                near ? ", did you mean '" + *near + "'?" : "");
}

/// "bme280=garden" as what was found, and the name it shall have.
struct Wish {
    std::string finding;
    std::string name;
};

Wish wishOf(const std::string& text) {
    const auto equals = text.find('=');
    return equals == std::string::npos ? Wish{text, text} : Wish{text.substr(0, equals), text.substr(equals + 1)};
}

Result<void> writeNew(const fs::path& file, const std::string& text) {
    std::error_code problem;
    fs::create_directories(file.parent_path(), problem);
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 && errno == EEXIST) return fail(ErrorCode::AlreadyExists, "{} is there already: choose another name", file.string());
    if (fd < 0) return fail(errno == EACCES ? ErrorCode::AccessDenied : ErrorCode::Internal, "{}: {}", file.string(), std::strerror(errno));
    const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    if (::close(fd) == 0 && whole) return {};
    fs::remove(file, problem);
    return fail(ErrorCode::Internal, "{} cannot be written", file.string());
}

/// Writes one drop-in and lets the daemon read it; takes it back where the daemon refuses it.
Result<void> addSensor(Context& context, const Wish& wish, const Finding& finding) {
    const auto file = fs::path(PEGASUS_CONFIG_DIR "/pegasusd.yaml.d") / (wish.name + ".yaml");
    const auto text = fmt::format("# {}\nsensors:\n  {}: {}\n", finding.summary, wish.name, finding.yaml);
    if (const auto written = writeNew(file, text); !written)
        return fail(written.error().code, "{}; this is its text:\n{}", written.error().message, text);
    const auto reloaded = context.call<Value::Strings>({bus::kRootPath, bus::kManager, "Reload", {}});
    if (!reloaded) {
        std::error_code problem;
        fs::remove(file, problem);
        return fail(reloaded.error().code, "{}\n{} is taken back", reloaded.error().message, file.string());
    }
    context.printDone(fmt::format("{} is in {} and is read now: pegasusctl sensor read {}", wish.name, file.string(), wish.name));
    return {};
}

Result<void> scan(Context& context, const Arguments& a) {
    context.timeoutSeconds = std::max(context.timeoutSeconds, 40U);
    PEGASUS_TRY(const auto rows, context.call<Dicts>({bus::kRootPath, bus::kManager, "ScanSensors", {Dict{}}}));
    const auto findings = findingsOf(rows);
    for (const auto& text : a.add) {
        const auto wish = wishOf(text);
        const auto found = std::ranges::find(findings, wish.finding, &Finding::name);
        if (found == findings.end()) return fail(ErrorCode::NotFound, "the scan found no '{}': pegasusctl sensor scan", printable(wish.finding));
        PEGASUS_CHECK(addSensor(context, wish, *found));
    }
    if (!a.add.empty()) return {};
    std::string text = "# Found on this machine. Paste what you want into " PEGASUS_CONFIG_DIR "/pegasusd.yaml.d/NAME.yaml, or: pegasusctl sensor scan --add NAME\nsensors:\n";
    for (const auto& finding : findings) {
        text += fmt::format("  # {}{}\n", printable(finding.summary), finding.configured.empty() ? "" : ": is '" + finding.configured + "' already");
        text += fmt::format("  {}{}: {}\n", finding.configured.empty() ? "" : "#", finding.name, finding.yaml);
    }
    if (findings.empty()) text = "nothing was found: is I2C switched on, is it wired? BH1750, ADS1115, INA219 and GPIO sensors cannot be found by a scan\n";
    context.print(toJson(Value(rows)), text);
    return {};
}

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

Result<void> maintain(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto id, resolve(context, Kind::Sensor, a.sensor));
    const auto time = a.end ? std::uint64_t{0} : static_cast<std::uint64_t>(a.time.count());
    PEGASUS_CHECK(context.call<None>({bus::objectPath(bus::kSensorFolder, id), bus::kSensor, "Maintain", {time}}));
    context.printDone(a.end ? fmt::format("the readings of {} are told as they are again", id)
                            : fmt::format("the readings of {} are marked as maintenance for {}", id, spanText(a.time.count())));
    return {};
}

}  // namespace

void addSensorTools(CLI::App& group, Context& context) {
    auto a = std::make_shared<Arguments>();
    const auto run = [&context, a](CLI::App* sub, Result<void> (*verb)(Context&, const Arguments&)) {
        sub->callback([&context, a, verb] { context.run = [a, verb](Context& c) { return verb(c, *a); }; });
    };
    auto* listed = group.add_subcommand("drivers", "What sensors can be read, and what each driver takes");
    addText(*listed, "driver", a->driver, "One of them in detail, with an example");
    run(listed, drivers);

    auto* scanned = group.add_subcommand("scan", "Look for sensors that are connected, and print the YAML for them");
    scanned->add_option("--add", a->add, "Write what was found by this NAME, or NAME=ID, into a file of its own, and reload")->type_name("NAME");
    run(scanned, scan);

    auto* live = group.add_subcommand("watch", "Live values with a small chart, until Ctrl-C; with --json one turn a line");
    live->add_option("sensors", a->names, "Identifiers, as in sensor list; all without any");
    addCount(*live, "--count", a->count, "End after so many turns; 0: never", {0, kMostRows});
    run(live, watch);

    auto* maintained = group.add_subcommand("maintain", "Somebody works at the sensor: mark its readings meanwhile");
    addName(*maintained, context, "sensor", a->sensor, Kind::Sensor, "Identifier, as in sensor list")->required();
    auto* span = addRead(*maintained, "--for", a->time, "How long, such as 20m; at most 24h", parseTime)->type_name("TIME");
    auto* over = maintained->add_flag("--end", a->end, "It is over");
    over->excludes(span);
    maintained->callback([&context, a, span, over] {
        if (span->count() + over->count() == 0) refuse("--for", "is needed, or --end");
        context.run = [a](Context& c) { return maintain(c, *a); };
    });
}

}  // namespace pegasus::cli
