// SPDX-License-Identifier: Apache-2.0
// A RemoteLedger under test, and the scripts of nodes that it meets.
#pragma once

#include "iri/client.hpp"
#include "iri/codec.hpp"
#include "iri/schema.hpp"
#include "rig.hpp"
#include "samples.hpp"
#include "scripted_node.hpp"
#include "support/test_loop.hpp"

namespace pegasus::iri {

using test::TempDir;

inline ClientOptions quick(std::vector<std::string> urls) {
    ClientOptions options;
    options.urls = std::move(urls);
    options.connectTime = 3s;
    options.requestTime = 5s;
    options.callTime = 10s;
    options.statusTime = 5s;
    options.pollInterval = 50ms;
    options.backoffFirst = 50ms;
    options.backoffMost = 200ms;
    return options;
}
/// For nodes that do not answer.
inline ClientOptions hasty(std::vector<std::string> urls) {
    auto options = quick(std::move(urls));
    options.requestTime = 400ms;
    options.callTime = 2s;
    options.statusTime = 600ms;
    return options;
}

/// A RemoteLedger on a loop of its own, with a real state.db.
class ClientRig {
public:
    explicit ClientRig(ClientOptions options, std::filesystem::path state = {}) {
        store::DatabaseOptions place;
        place.path = (state.empty() ? directory_.path() : state) / "state.db";
        auto opened = store::Database::open(place, {kSchema});
        if (!opened) throw std::runtime_error(opened.error().message);
        database_ = std::move(*opened);
        auto made = runner.call([&] {
            return RemoteLedger::create(runner.loop.context(), runner.loop, runner.loop.pool(), runner.loop.clock(),
                                        *database_, std::move(options));
        });
        if (!made) throw std::runtime_error(made.error().message);
        remote = std::move(*made);
    }
    ~ClientRig() { EXPECT_TRUE(runner.stop()); }

    /// Runs one call of the ledger to its end.
    template <class Make>
    auto run(Make make) {
        return runner.await([this, &make] { return make(*remote); });
    }
    ledger::LedgerStatus status() {
        return run([](RemoteLedger& l) { return l.status(); });
    }

private:
    TempDir directory_;
    std::unique_ptr<store::Database> database_;

public:
    LoopThread runner;
    std::unique_ptr<RemoteLedger> remote;
};

inline std::vector<Hash> listOf(const Hash& hash) { return {hash}; }

inline std::string commandOf(const std::string& body) {
    return std::string(boost::json::parse(body).at("command").as_string());
}

/// Answers getNodeInfo as `appName`, and everything else by `rest`.
inline ScriptedNode::Script nodeScript(std::string appName, std::function<std::optional<std::string>(std::string)> rest,
                                       bool synced = true) {
    return [appName, rest, synced](const std::string& body) -> std::optional<std::string> {
        if (commandOf(body) != "getNodeInfo") return rest(body);
        auto info = sampleInfo();
        info.appName = appName;
        info.isSynced = synced;
        if (appName == "IRI") info.isSynced.reset();
        info.minWeightMagnitude = 0;
        return httpAnswer(200, encodeAnswer(info, 0));
    };
}
inline ScriptedNode::Script always(const std::string& answer) {
    return nodeScript("pegasusd", [answer](const std::string&) { return answer; });
}

inline Result<std::vector<bool>> inclusion(ClientRig& rig) {
    return rig.run([](RemoteLedger& l) { return l.inclusionStates(listOf(filled<Hash>('A'))); });
}
inline ErrorCode codeOfInclusion(ClientRig& rig) {
    const auto states = inclusion(rig);
    EXPECT_FALSE(states);
    return states ? ErrorCode::Internal : states.error().code;
}

}  // namespace pegasus::iri
