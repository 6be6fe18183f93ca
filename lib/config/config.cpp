// SPDX-License-Identifier: Apache-2.0
// The main file and its drop-ins, one after the other into one configuration.
#include "config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "config/keys.hpp"
#include "config/reader.hpp"

namespace pegasus::config {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = 1 << 20;
constexpr std::size_t kMaxProblems = 100;

void apply(Loaded& loaded, const std::string& text, const std::string& name) {
    const auto tree = parseTree(text, name);
    Source source{name, loaded.problems, loaded.config.places};
    for (const auto& problem : tree.problems) loaded.problems.push_back(source.at(problem.place) + problem.text);
    Section document(tree.root, source, "");
    visit(document, loaded.config);
    document.skipAnchors();
    document.finish();
}

void applyFile(Loaded& loaded, const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error || size > kMaxFileBytes) {
        loaded.problems.push_back(fmt::format("{}: {}", file.string(), error ? error.message() : "larger than 1 MiB"));
        return;
    }
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in && size != 0) {
        loaded.problems.push_back(fmt::format("{}: cannot be read", file.string()));
        return;
    }
    apply(loaded, text.str(), file.string());
}

bool isDropIn(const fs::path& file) {
    const auto name = file.filename().string();
    return !name.starts_with('.') && !name.ends_with('~') && (file.extension() == ".yaml" || file.extension() == ".yml");
}

std::vector<fs::path> dropIns(const fs::path& file, Problems& problems) {
    const fs::path folder = file.string() + ".d";
    std::vector<fs::path> found;
    std::error_code error;
    for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator(); it.increment(error))
        if (isDropIn(it->path())) found.push_back(it->path());
    if (error && error != std::errc::no_such_file_or_directory)
        problems.push_back(fmt::format("{}: {}", folder.string(), error.message()));
    std::ranges::sort(found);
    return found;
}

/// What no single key can tell.
void checkWhole(Loaded& loaded) {
    auto& [config, problems] = loaded;
    const auto complain = [&](const char* key, std::string_view text) {
        problems.push_back(fmt::format("{}: {}", placeOf(config, key), text));
    };
    const auto& ledger = config.ledger;
    if (ledger.mode == LedgerMode::Remote && ledger.remote.nodes.empty())
        complain("ledger.remote.nodes", "ledger.mode is remote, but ledger.remote.nodes names no node");
    const bool placeGiven = config.places.contains("gateway.latitude") == config.places.contains("gateway.longitude");
    if (config.gateway.latitude.has_value() != config.gateway.longitude.has_value() && !placeGiven)
        complain("gateway", "gateway.latitude and gateway.longitude go together");
    const auto& faucet = ledger.embedded.faucet;
    for (const auto& [key, most] : {std::pair{"per-address-per-day", faucet.perAddressPerDay},
                                    std::pair{"per-peer-per-day", faucet.perPeerPerDay},
                                    std::pair{"total-per-day", faucet.totalPerDay}})
        if (faucet.enabled && faucet.amount > most)
            complain("ledger.embedded.faucet.amount",
                     fmt::format("ledger.embedded.faucet.amount is {}, more than {} ({}): nobody would be paid",
                                 faucet.amount, key, most));
    for (const auto& [id, sensor] : config.sensors)
        if (sensor.type.empty() && !config.places.contains("sensors." + id + ".type"))
            problems.push_back(fmt::format("{}: sensors.{} has no type", placeOf(config, "sensors." + id), id));
}

Result<Config> checked(Loaded loaded) {
    if (!loaded.problems.empty()) return fail(errorOf(loaded.problems));
    return std::move(loaded.config);
}

}  // namespace

Loaded read(const fs::path& file, Absent absent) {
    Loaded loaded;
    loaded.config.file = file;
    std::error_code error;
    const auto status = fs::status(file, error);
    if (status.type() != fs::file_type::not_found || absent == Absent::Error) {
        loaded.config.fileRead = true;
        applyFile(loaded, file);
    } else if (const auto other = fs::path(file).replace_extension(".yml"); fs::exists(other, error)) {
        loaded.problems.push_back(fmt::format("{}: nobody reads it, call it {}", other.string(), file.filename().string()));
    }
    for (const auto& dropIn : dropIns(file, loaded.problems)) applyFile(loaded, dropIn);
    checkWhole(loaded);
    return loaded;
}

Loaded readText(std::string_view text, std::string_view name) {
    Loaded loaded;
    loaded.config.file = name;
    loaded.config.fileRead = true;
    apply(loaded, std::string(text), std::string(name));
    checkWhole(loaded);
    return loaded;
}

Result<Config> load(const fs::path& file, Absent absent) { return checked(read(file, absent)); }

Result<Config> parse(std::string_view text, std::string_view name) { return checked(readText(text, name)); }

Error errorOf(const Problems& problems) {
    std::string all;
    for (std::size_t i = 0; i < std::min(problems.size(), kMaxProblems); ++i) all += (i == 0 ? "" : "\n") + problems[i];
    if (problems.size() > kMaxProblems) all += fmt::format("\nand {} more", problems.size() - kMaxProblems);
    return Error{ErrorCode::Config, std::move(all)};
}

std::string placeOf(const Config& config, std::string key) {
    for (;;) {
        if (const auto it = config.places.find(key); it != config.places.end()) return it->second;
        const auto end = key.find_last_of(".[");
        if (end == std::string::npos) return config.file.string();
        key.resize(end);
    }
}

}  // namespace pegasus::config
