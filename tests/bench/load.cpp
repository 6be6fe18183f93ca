// SPDX-License-Identifier: Apache-2.0
// Drives virtual gateways and buyers, a broadcast, or queries against a node, and prints rates and
// latencies.
#include <fmt/format.h>

#include <fstream>

#include "bench/load_broadcast.hpp"
#include "bench/load_gateways.hpp"
#include "loop/loop.hpp"

namespace pegasus::bench {
namespace {

/// The node is there, and takes the weight that we are about to work for.
Task<void> checkNode(Client& client, const Options& options) {
    Line unmeasured;
    iri::Request request = iri::GetNodeInfo();
    const auto info = co_await client.call<iri::NodeInfo>(unmeasured, std::move(request));
    if (!info) co_return fail(info.error());
    if (info->minWeightMagnitude > static_cast<std::int64_t>(options.mwm))
        co_return fail(ErrorCode::InvalidArgument,
                       "the network's minimum weight magnitude is {}: --mwm {}",
                       info->minWeightMagnitude, info->minWeightMagnitude);
    co_return Result<void>();
}

Task<void> drive(Client& client, loop::Loop& loop, Report& report, const Options& options) {
    PEGASUS_CO_CHECK(co_await checkNode(client, options));
    if (options.transactions + options.singles > 0 || options.query) {
        Broadcast broadcast(client, loop, loop.pool(), report, options);
        PEGASUS_CO_CHECK(co_await broadcast.run());
    }
    if (options.gateways > 0) {
        Gateways gateways(client, loop, loop.pool(), report, options);
        PEGASUS_CO_CHECK(co_await gateways.run());
    }
    co_return Result<void>();
}

Async<void> driveAndStop(Client& client, loop::Loop& loop, Report& report, const Options& options,
                         Result<void>& outcome) {
    outcome = co_await drive(client, loop, report, options);
    loop.stop();
}

Result<void> run(const Options& options, Report& report) {
    loop::Loop loop;
    iri::HttpClientOptions http;
    http.maxParallel = http.maxIdle = options.connections;
    PEGASUS_TRY(const auto connections, iri::HttpClient::create(loop.context(), http));
    Client client(*connections, options.url, options.connections);
    Result<void> outcome;
    loop.spawn("load", driveAndStop(client, loop, report, options, outcome));
    if (!loop.run()) return fail(ErrorCode::Internal, "the loop did not end");
    return outcome;
}

int runProgram(int argc, char** argv) {
    const auto options = parseOptions(argc, argv);
    if (!options) {
        fmt::print(stderr, "load: {}\n\n{}", options.error().message, kUsage);
        return 2;
    }
    Report report;
    const auto done = run(*options, report);
    fmt::print("{}", report.table());
    if (!done) {
        fmt::print(stderr, "load: {}\n", done.error().message);
        return 1;
    }
    if (!options->json.empty() && !(std::ofstream(options->json) << report.json() << std::flush)) {
        fmt::print(stderr, "load: cannot write '{}'\n", options->json);
        return 1;
    }
    return report.errors() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace pegasus::bench

int main(int argc, char** argv) { return pegasus::bench::runProgram(argc, argv); }
