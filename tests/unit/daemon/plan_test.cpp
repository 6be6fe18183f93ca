// SPDX-License-Identifier: Apache-2.0
// The way from a configuration to the options of the services: every key arrives, and every mistake is told with its place.
#include "daemon/plan.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "daemon/endpoints.hpp"
#include "support/test_loop.hpp"

namespace pegasus::daemon {
namespace {

constexpr std::size_t kManyDescriptors = 20'000;

Result<Plan> planOf(config::Loaded loaded, std::size_t descriptors = kManyDescriptors) {
    const test::ManualClock clock;
    return makePlan(std::move(loaded), {clock, descriptors});
}

Result<Plan> planOf(const std::string& text, std::size_t descriptors = kManyDescriptors) {
    return planOf(config::readText(text, "p.yaml"), descriptors);
}

std::string problemOf(const std::string& text) {
    const auto plan = planOf(text);
    return plan ? "no error" : plan.error().message;
}

/// A file on the disk for the time of the test.
class File {
public:
    explicit File(const std::string& text) : path_(dir_.path() / "file") { std::ofstream(path_) << text; }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    test::TempDir dir_;
    std::filesystem::path path_;
};

std::string text(Duration d) { return std::to_string(d.count()); }
std::string text(const model::Iotas& amount) { return std::to_string(amount.count()); }

/// A key, another value than the default, and what of the plan shows it.
struct Row {
    std::string key;
    std::string yaml;  ///< a document that gives it
    std::function<std::string(const Plan&)> shows;
};

const std::vector<Row>& rows() {
    static const File key(std::string(32, 'k'));
    static const std::string kRemote = "ledger: {mode: remote, remote: {nodes: [\"http://h:1\"]";
    static const std::string kEmbedded = "ledger: {embedded: {";
    static const std::string kFaucet = "ledger: {embedded: {faucet: {";
    static const std::string kApi = "ledger: {api: {";
    static const std::vector<Row> kRows{
        {"gateway.name", "gateway: {name: mast}", [](const Plan& p) { return p.config.gateway.name; }},
        {"gateway.latitude", "gateway: {latitude: 1, longitude: 2}", [](const Plan& p) { return std::to_string(p.config.gateway.latitude.value_or(99)); }},
        {"gateway.longitude", "gateway: {latitude: 1, longitude: 2}", [](const Plan& p) { return std::to_string(p.config.gateway.longitude.value_or(99)); }},
        {"ledger.mode", kRemote + "}}", [](const Plan& p) { return std::to_string(p.server.has_value()); }},
        {"ledger.minimum-weight-magnitude", "ledger: {minimum-weight-magnitude: 5}",
         [](const Plan& p) { return std::to_string(p.node.minWeightMagnitude + p.client.minWeightMagnitude); }},
        {"ledger.embedded.network-id", kEmbedded + "network-id: mine}}", [](const Plan& p) { return p.node.networkId; }},
        {"ledger.embedded.milestone-interval", kEmbedded + "milestone-interval: 1s}}", [](const Plan& p) { return text(p.node.milestoneInterval); }},
        {"ledger.embedded.heartbeat-interval", kEmbedded + "heartbeat-interval: 5s}}", [](const Plan& p) { return text(p.node.heartbeat); }},
        {"ledger.embedded.tip-selection", kEmbedded + "tip-selection: walk}}", [](const Plan& p) { return std::to_string(static_cast<int>(p.node.tipSelection)); }},
        {"ledger.embedded.alpha", kEmbedded + "alpha: 0.5}}", [](const Plan& p) { return std::to_string(p.node.alpha); }},
        {"ledger.embedded.max-size", kEmbedded + "max-size: 90}}", [](const Plan& p) { return std::to_string(p.node.maxSize); }},
        {"ledger.embedded.retention", kEmbedded + "retention: 60d}}",
         [](const Plan& p) { return text(p.node.retention) + text(p.seller.retention) + text(p.buyer.offerLifetime); }},
        {"ledger.embedded.faucet.enabled", kFaucet + "enabled: false}}}", [](const Plan& p) { return std::to_string(p.node.faucet); }},
        {"ledger.embedded.faucet.amount", kFaucet + "amount: 7}}}", [](const Plan& p) { return text(p.node.faucetLimits.perRequest); }},
        {"ledger.embedded.faucet.per-address-per-day", kFaucet + "per-address-per-day: 70000}}}", [](const Plan& p) { return text(p.node.faucetLimits.perAddress); }},
        {"ledger.embedded.faucet.per-peer-per-day", kFaucet + "per-peer-per-day: 70000}}}", [](const Plan& p) { return text(p.node.faucetLimits.perPeer); }},
        {"ledger.embedded.faucet.total-per-day", kFaucet + "total-per-day: 70000}}}", [](const Plan& p) { return text(p.node.faucetLimits.total); }},
        {"ledger.remote.nodes", kRemote + "}}", [](const Plan& p) { return p.client.urls.empty() ? "" : p.client.urls.front(); }},
        {"ledger.remote.ca-file", "ledger: {remote: {ca-file: /x}}", [](const Plan& p) { return p.client.caFile.string(); }},
        {"ledger.remote.poll-interval", "ledger: {remote: {poll-interval: 1s}}", [](const Plan& p) { return text(p.client.pollInterval); }},
        {"ledger.remote.request-timeout", "ledger: {remote: {request-timeout: 2m}}",
         [](const Plan& p) { return text(p.client.requestTime) + text(p.client.callTime); }},
        {"ledger.api.enabled", kApi + "enabled: false}}", [](const Plan& p) { return std::to_string(p.server.has_value()); }},
        {"ledger.api.listen", kApi + "listen: [\"[::1]:80\"]}}", [](const Plan& p) { return p.server->binds.front().address; }},
        {"ledger.api.max-connections", kApi + "max-connections: 7}}", [](const Plan& p) { return std::to_string(p.server->maxConnections); }},
        {"ledger.api.max-connections-per-peer", kApi + "max-connections-per-peer: 7}}", [](const Plan& p) { return std::to_string(p.server->maxConnectionsPerPeer); }},
        {"ledger.api.max-body-bytes", kApi + "max-body-bytes: 50000000}}",
         [](const Plan& p) { return std::to_string(p.server->maxBodyLength) + " " + std::to_string(p.server->maxBufferedBytes); }},
        {"ledger.api.request-timeout", kApi + "request-timeout: 3s}}",
         [](const Plan& p) { return text(p.server->headerTime) + text(p.server->bodyTime) + text(p.server->writeTime); }},
        {"ledger.api.remote-attach", kApi + "remote-attach: true}}", [](const Plan& p) { return std::to_string(p.server->limitedCommands.size()); }},
        {"ledger.api.allowed-origins", kApi + "allowed-origins: [\"https://a\"]}}", [](const Plan& p) { return std::to_string(p.server->allowedOrigins.size()); }},
        {"wallet.gap-limit", "wallet: {gap-limit: 7}", [](const Plan& p) { return std::to_string(p.wallet.gapLimit); }},
        {"wallet.auto-lock", "wallet: {auto-lock: 1h}", [](const Plan& p) { return text(p.wallet.autoLock); }},
        {"streams.flush-interval", "streams: {flush-interval: 5s}", [](const Plan& p) { return text(p.streams.flushInterval); }},
        {"market.tag", "market: {tag: other}", [](const Plan& p) { return p.seller.tagWord + p.buyer.tagWords.front(); }},
        {"market.legacy-payments", "market: {legacy-payments: serve}", [](const Plan& p) { return std::to_string(static_cast<int>(p.seller.legacy)); }},
        {"market.address-grace", "market: {address-grace: 1h}", [](const Plan& p) { return text(p.seller.grace); }},
        {"market.poll-interval", "market: {poll-interval: 1s}",
         [](const Plan& p) { return text(p.seller.poll) + text(p.buyer.poll) + text(p.wallet.poll); }},
        {"market.reply-timeout", "market: {reply-timeout: 2h}", [](const Plan& p) { return text(p.buyer.replyTimeout); }},
        {"market.withdraw-silent-after", "market: {withdraw-silent-after: 2h}", [](const Plan& p) { return text(p.seller.withdrawSilentAfter); }},
        {"market.message-retention", "market: {message-retention: 2h}", [](const Plan& p) { return text(p.buyer.messageRetention); }},
        {"machine-key-file", "machine-key-file: " + key.path(), [](const Plan& p) { return p.config.machineKeyFile.string(); }},
    };
    return kRows;
}

TEST(Plan, EveryKeyArrivesWhereItIsUsed) {
    const auto defaults = planOf("");
    ASSERT_TRUE(defaults) << defaults.error().message;
    for (const auto& row : rows()) {
        const auto changed = planOf(row.yaml);
        ASSERT_TRUE(changed) << row.key << ": " << changed.error().message;
        EXPECT_NE(row.shows(*changed), row.shows(*defaults)) << row.key;
    }
}

TEST(Plan, NoKeyIsForgottenHere) {
    std::set<std::string> shown;
    for (const auto& row : rows()) shown.insert(row.key);
    for (const auto& [key, value] : config::values(config::Config{})) EXPECT_TRUE(shown.contains(key)) << key;
}

TEST(Plan, HasTheDefaultsOfTheLibraries) {
    const auto plan = planOf("").value();
    const node::NodeOptions node;
    EXPECT_EQ(plan.node.milestoneInterval, node.milestoneInterval);
    EXPECT_EQ(plan.node.heartbeat, node.heartbeat);
    EXPECT_EQ(plan.node.retention, node.retention);
    EXPECT_EQ(plan.node.maxSize, node.maxSize);
    EXPECT_EQ(plan.node.faucetLimits.perRequest, node.faucetLimits.perRequest);
    EXPECT_EQ(plan.node.faucetLimits.total, node.faucetLimits.total);
    EXPECT_EQ(plan.server->maxConnections, iri::ServerOptions().maxConnections);
    EXPECT_EQ(plan.server->bodyTime, iri::ServerOptions().bodyTime);
    EXPECT_EQ(plan.client.requestTime, iri::ClientOptions().requestTime);
    EXPECT_EQ(plan.wallet.gapLimit, wallet::WalletOptions().gapLimit);
    EXPECT_EQ(plan.streams.flushInterval, stream::StreamLimits().flushInterval);
    EXPECT_EQ(plan.seller.retention, market::SellerOptions().retention);
    EXPECT_EQ(plan.buyer.replyTimeout, market::BuyerOptions().replyTimeout);
    EXPECT_EQ(plan.buyer.messageRetention, market::BuyerOptions().messageRetention);
}

TEST(Plan, ASensorArrivesAsItIsConfigured) {
    const auto plan = planOf("sensors:\n  a: {type: system, interval: 5s, quantities: load1}\n  b: {type: system, enabled: false}\n").value();
    ASSERT_EQ(plan.sensors.size(), 1U);
    EXPECT_EQ(plan.sensors.at("a").interval, 5s);
    EXPECT_EQ(plan.sensors.at("a").parameters.at("quantities"), "load1");
}

TEST(Plan, TellsTheTypesThatThereAre) {
    const auto problem = problemOf("sensors:\n  roof: {type: sytem}\n");
    EXPECT_EQ(problem.find("p.yaml:2:16: sensor 'roof': there is no sensor type 'sytem'"), 0U) << problem;
    EXPECT_NE(problem.find("sysfs, system"), std::string::npos) << problem;
    EXPECT_NE(problem.find("did you mean 'system'?"), std::string::npos) << problem;
}

TEST(Plan, FindsAMistakeInASensorThatIsOff) {
    EXPECT_NE(problemOf("sensors: {a: {type: nothing, enabled: false}}\n"), "no error");
}

TEST(Plan, PointsAtTheParameterThatIsWrong) {
    EXPECT_EQ(problemOf("sensors:\n  a:\n    type: system\n    intervall: 5s\n").find("p.yaml:4:16: "), 0U);
    EXPECT_NE(problemOf("sensors: {a: {type: system, intervall: 5s}}").find("did you mean 'interval'?"), std::string::npos);
}

TEST(Plan, TellsEveryProblemAtOnce) {
    const auto all = problemOf("wallet: {gap-limit: 0}\nmarket: {tag: averyveryverylongword}\nledger: {api: {listen: [here]}, remote: {nodes: [x]}}\n"
                               "machine-key-file: /nowhere/key\nsensors: {a: {type: nothing}, b: {type: system, colour: red}}\n");
    for (const auto* part : {"p.yaml:1:21: wallet.gap-limit", "p.yaml:2:15: market.tag", "p.yaml:3:25: ledger.api.listen[0]",
                             "p.yaml:3:50: ledger.remote.nodes[0]", "p.yaml:4:19: machine-key-file", "'nothing'", "'colour'"})
        EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
}

TEST(Plan, NeverShowsThePasswordOfANode) {
    for (const auto* url : {"http://user:hunter2@h", "https://user:hunter2@h:0", "user:hunter2@h", "https://user:hunter2@h h"})
        EXPECT_EQ(problemOf("ledger: {mode: remote, remote: {nodes: [\"" + std::string(url) + "\"]}}").find("hunter2"), std::string::npos) << url;
}

TEST(Plan, RefusesWhatIsNotACertificate) {
    const File junk("junk");
    const auto problem = problemOf("ledger: {mode: remote, remote: {nodes: [\"https://h\"], ca-file: " + junk.path() + "}}");
    EXPECT_NE(problem.find("holds no certificate"), std::string::npos) << problem;
}

TEST(Plan, RefusesAFaucetThatCouldNotPay) {
    EXPECT_NE(problemOf("ledger: {embedded: {faucet: {amount: 60000}}}").find("nobody would be paid"), std::string::npos);
    EXPECT_EQ(problemOf("ledger: {embedded: {faucet: {amount: 60000, enabled: false}}}"), "no error");
}

TEST(Plan, TakesNoMoreConnectionsThanDescriptorsAllow) {
    const auto plan = planOf("ledger: {api: {max-connections: 10000}}", 1024).value();
    EXPECT_LT(plan.server->maxConnections, 1000U);
    ASSERT_EQ(plan.warnings.size(), 1U);
    EXPECT_NE(plan.warnings.front().find("1024 open files"), std::string::npos);
    EXPECT_TRUE(planOf("ledger: {api: {max-connections: 10000}}", 16384).value().warnings.empty());
    EXPECT_TRUE(planOf("", 1024).value().warnings.empty());
    EXPECT_FALSE(planOf("", 100));
}

TEST(Plan, TheDefaultsAgreeWithEachOther) {
    // An address for each stream that may exist is found by a recovery.
    EXPECT_GT(defaults::kGapLimit, defaults::kMostStreams);
    EXPECT_LE(defaults::kFaucetAmount, defaults::kFaucetPerAddress);
    EXPECT_LE(defaults::kConnectionsPerPeer, defaults::kConnections);
}

TEST(Bind, TakesAddressesWithTheirPort) {
    EXPECT_EQ(parseBind("127.0.0.1:14265")->port, 14265);
    EXPECT_EQ(parseBind("[0:0::1]:0")->address, "::1");
    for (const auto* bad : {"", ":", ":1", "[]:1", "h:1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:1x", "[::1]", "::1:80",
                            "[127.0.0.1]:1", "[::1%lo]:1", "127.1:1", "[::1]x:1", "[", "]:1"})
        EXPECT_FALSE(parseBind(bad)) << bad;
}

TEST(Bind, KnowsANodeThatIsServedHere) {
    const auto here = [](const char* url, const char* bind) { return isServedHere(url, {*parseBind(bind)}); };
    EXPECT_TRUE(here("http://127.0.0.1:14265", "127.0.0.1:14265"));
    EXPECT_TRUE(here("http://localhost:14265", "0.0.0.0:14265"));
    EXPECT_TRUE(here("http://[::1]:14265/", "[::]:14265"));
    EXPECT_FALSE(here("http://127.0.0.1:14266", "127.0.0.1:14265"));
    EXPECT_FALSE(here("http://192.0.2.1:14265", "127.0.0.1:14265"));
}

/// One line of tests/cases/outcomes.txt.
struct Case {
    std::string file;
    std::string place;
    std::string words;
};

std::vector<Case> cases() {
    std::ifstream in(std::string(PEGASUS_CASES) + "/outcomes.txt");
    std::vector<Case> found;
    for (std::string line; std::getline(in, line);) {
        Case one;
        std::istringstream fields(line);
        std::getline(fields, one.file, '|');
        std::getline(fields, one.place, '|');
        std::getline(fields, one.words);
        found.push_back(std::move(one));
    }
    return found;
}

TEST(Plan, EveryCaseHasItsOutcome) {
    ASSERT_GT(cases().size(), 50U);
    for (const auto& one : cases()) {
        const auto file = std::string(PEGASUS_CASES) + "/" + one.file;
        const auto plan = planOf(config::read(file, config::Absent::Error));
        const auto problem = plan ? "" : plan.error().message;
        if (one.place == "ok") {
            EXPECT_EQ(problem, "") << one.file;
            continue;
        }
        const auto line = problem.find(file + ":" + one.place + ": ");
        ASSERT_NE(line, std::string::npos) << one.file << " " << one.place << "\n" << problem;
        EXPECT_NE(problem.substr(line, problem.find('\n', line) - line).find(one.words), std::string::npos) << one.words << "\n" << problem;
    }
}

}  // namespace
}  // namespace pegasus::daemon
