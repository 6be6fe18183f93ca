// SPDX-License-Identifier: Apache-2.0
// pegasusctl sensor drivers|scan|maintain
#include <algorithm>
#include <filesystem>

#include "base/nearest.hpp"
#include "bus/text.hpp"
#include "cli/arguments.hpp"
#include "cli/drop_in.hpp"
#include "cli/driver_text.hpp"
#include "cli/verbs.hpp"
#include "version.hpp"

namespace pegasus::cli {
namespace {

namespace fs = std::filesystem;
using bus::printable;

struct Arguments {
    std::string driver;
    std::string sensor;
    std::vector<std::string> add;
    Duration time{0};
    bool end = false;
};

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

/// Manager.ConfigFile: the daemon that is asked may be a user's own, with a folder of its own.
Result<fs::path> configFile(Context& context) {
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(const auto manager, client->properties(bus::kRootPath, bus::kManager));
    auto file = bus::textAt(manager, "ConfigFile");
    if (file.empty()) return fail(ErrorCode::NotFound, "the daemon does not tell where its configuration is: it is older than this program");
    return fs::path(std::move(file));
}

/// Writes one drop-in and lets the daemon read it; takes it back where the daemon refuses it.
Result<void> addSensor(Context& context, const Wish& wish, const Finding& finding) {
    if (!finding.configured.empty()) return fail(ErrorCode::AlreadyExists, "that is '{}' already", printable(finding.configured));
    PEGASUS_TRY(const auto config, configFile(context));
    PEGASUS_TRY(const auto file, dropInFor(config, wish.name));
    const auto text = fmt::format("# {}\nsensors:\n  {}: {}\n", printable(finding.summary), wish.name, finding.yaml);
    if (const auto written = writeDropIn(file, text); !written)
        return fail(written.error().code, "{}; this is its text:\n{}", written.error().message, text);
    const auto reloaded = context.call<Value::Strings>({bus::kRootPath, bus::kManager, "Reload", {}});
    if (!reloaded) {
        std::error_code problem;
        fs::remove(file, problem);
        return fail(reloaded.error().code, "{}\n{} {}", reloaded.error().message, file.string(), problem ? "is wrong, remove it" : "is taken back");
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
    std::string text = "# Found on this machine. To have one read: pegasusctl sensor scan --add NAME\nsensors:\n";
    for (const auto& finding : findings) {
        text += fmt::format("  # {}{}\n", printable(finding.summary), finding.configured.empty() ? "" : ": is '" + finding.configured + "' already");
        text += fmt::format("  {}{}: {}\n", finding.configured.empty() ? "" : "#", finding.name, finding.yaml);
    }
    if (findings.empty()) text = "nothing was found: is I2C switched on, is it wired? BH1750, ADS1115, INA219 and GPIO sensors cannot be found by a scan\n";
    context.print(toJson(Value(rows)), text);
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

    addSensorWatch(group, context);

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
