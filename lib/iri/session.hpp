// SPDX-License-Identifier: Apache-2.0
// One HTTP connection of the server: reads requests within bounds of time and size, answers them one after the other.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "iri/handler.hpp"

namespace pegasus::iri {

/// What all sessions of a server share.
struct SessionContext {
    const ServerOptions& options;
    Handler& handler;
    const Clock& clock;
    std::size_t inFlight = 0;       ///< requests being handled
    std::size_t bufferedBytes = 0;  ///< bodies and answers held for peers
};

/// Loop thread. The context outlives run().
class Session {
public:
    Session(boost::asio::ip::tcp::socket socket, SessionContext& context);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Until the peer closes, breaks a bound, or close().
    [[nodiscard]] Async<void> run();
    void close();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with a wait on the socket, which may end after the session
};

/// ::ffff:a.b.c.d, as a socket of both families calls a peer of IPv4, is that address of IPv4; others stay as they are.
[[nodiscard]] boost::asio::ip::address unmapped(const boost::asio::ip::address& address);
/// For limits per peer (connections, faucet): the address, of IPv6 the /64 network, as text.
[[nodiscard]] std::string peerKey(const boost::asio::ip::address& address);

}  // namespace pegasus::iri
