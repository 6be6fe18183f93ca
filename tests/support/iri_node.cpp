// SPDX-License-Identifier: Apache-2.0
// iri-node DIRECTORY [PORT [MILLISECONDS]]: an embedded tangle behind the IRI API, without the rest of the daemon. For tests
// of clients: prints its URL, serves until SIGTERM or SIGINT. Milestones at the interval given (1000).
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <cstdlib>

#include "crypto/random.hpp"
#include "iri/server.hpp"
#include "loop/loop.hpp"
#include "node/embedded_ledger.hpp"

namespace {

int run(const std::filesystem::path& directory, std::uint16_t port, std::chrono::milliseconds interval) {
    using namespace pegasus;
    crypto::SystemRandom random;
    const auto vault = keys::MachineVault::open(directory / "machine.key", random);
    if (!vault) return std::fprintf(stderr, "%s\n", vault.error().message.c_str()), 1;
    loop::Loop loop;
    node::NodeOptions options;
    options.database = directory / "tangle.db";
    options.milestoneInterval = interval;
    const node::NodeServices services{loop, loop.pool(), loop.clock(), random, *vault};
    auto ledger = node::EmbeddedLedger::open(options, services);
    if (!ledger) return std::fprintf(stderr, "%s\n", ledger.error().message.c_str()), 1;
    (*ledger)->start();

    iri::ServerOptions serving;
    serving.binds = {iri::BindAddress{"127.0.0.1", port}};
    serving.appVersion = "test";
    iri::Server server(loop.context(), **ledger, loop, loop.pool(), loop.clock(), serving);
    if (const auto started = server.start(); !started)
        return std::fprintf(stderr, "%s\n", started.error().message.c_str()), 1;
    std::printf("http://127.0.0.1:%u\n", static_cast<unsigned>(server.ports().front()));
    std::fflush(stdout);

    boost::asio::signal_set signals(loop.context(), SIGTERM, SIGINT);
    signals.async_wait([&loop](const boost::system::error_code&, int) { loop.stop(); });
    if (!loop.run()) std::_Exit(1);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fprintf(stderr, "usage: iri-node DIRECTORY [PORT [MILLISECONDS]]\n"), 2;
    const auto number = [&](int i, long otherwise) { return argc > i ? std::strtol(argv[i], nullptr, 10) : otherwise; };
    return run(argv[1], static_cast<std::uint16_t>(number(2, 0)), std::chrono::milliseconds(number(3, 1000)));
}
