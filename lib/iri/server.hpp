// SPDX-License-Identifier: Apache-2.0
// The IRI HTTP API over any ledger: the embedded tangle, or a remote one (then it is a proxy).
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/defaults.hpp"
#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"

namespace pegasus::iri {

struct BindAddress {
    /// An IPv4 or IPv6 address, no name. "0.0.0.0" is every address of IPv4, "::" every address there is; those that
    /// another one of the list includes may stand beside it.
    std::string address = defaults::kListenAddress;
    std::uint16_t port = defaults::kListenPort;   ///< 0: any free one, see Server::ports()
};

struct ServerOptions {
    std::vector<BindAddress> binds{BindAddress{}};
    std::string appName = "pegasusd";
    std::string appVersion;

    std::size_t maxBodyLength = defaults::kBodyBytes;  ///< characters
    std::size_t maxListLength = 1000;       ///< entries of a list parameter
    std::size_t maxConnections = defaults::kConnections;  ///< beyond, who has the most makes room, else 503
    std::size_t maxConnectionsPerPeer = defaults::kConnectionsPerPeer;  ///< an IPv6 peer is its /64 network
    std::size_t maxRequestsInFlight = 64;    ///< beyond: 503
    /// Bodies being received and answers being sent, all together; beyond, who holds the most makes room, else 503.
    std::size_t maxBufferedBytes = 32'000'000;

    Duration headerTime = 10s;  ///< from the first byte of a request to the end of its header
    Duration bodyTime = defaults::kRequestTime;  ///< from there to the end of the body
    Duration writeTime = 60s;   ///< for the peer to take an answer
    Duration idleTime = 75s;    ///< between two requests of a connection

    int maxMinWeightMagnitude = 14;  ///< attachToTangle refuses more
    std::size_t maxAttachQueue = 8;  ///< attachToTangle calls of a peer waiting for its one at work; beyond: 503
    /// Refused (401) to peers that are neither loopback (if trusted) nor in trustedHosts.
    std::vector<std::string> limitedCommands{"attachToTangle", "interruptAttachingToTangle", "addNeighbors",
                                             "getNeighbors", "removeNeighbors"};
    bool trustLoopback = true;  ///< false behind a reverse proxy on the same machine
    std::vector<std::string> trustedHosts;  ///< addresses
    /// "https://map.example:8443": web pages that may do more than read. Others are refused (403) what changes something, and are not
    /// trusted: a browser on a trusted machine shows pages of anybody.
    std::vector<std::string> allowedOrigins;
};

/// Loop thread only. The owner keeps it (and the ledger) alive until the loop's tasks have ended.
class Server {
public:
    Server(boost::asio::io_context& context, ledger::Ledger& ledger, Scheduler& scheduler, Pool& pool,
           const Clock& clock, ServerOptions options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds and listens, and stops by itself when the scheduler stops. InvalidArgument: not an address; AlreadyExists:
    /// the port is in use; AccessDenied: not permitted to bind. After an error nothing listens.
    [[nodiscard]] Result<void> start();
    /// Closes listeners and connections, interrupts proof of work. Idempotent.
    void stop();
    /// The bound ports, each once, in the order of ServerOptions::binds; empty before start().
    [[nodiscard]] std::vector<std::uint16_t> ports() const;
    [[nodiscard]] std::size_t connections() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pegasus::iri
