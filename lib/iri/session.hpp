// SPDX-License-Identifier: Apache-2.0
// One HTTP connection of the server: reads requests within bounds of time and size, answers them one after the other.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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
    std::map<std::string, std::size_t> bufferedOf;  ///< the same by peer
    /// Somebody needs room for so many bytes: closes a connection of the peer who holds the most, if that is more than what this
    /// one would hold. True if there is one less.
    std::function<bool(const std::string& peer, std::size_t bytes)> makeRoom;
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
    [[nodiscard]] bool closed() const;
    [[nodiscard]] const std::string& peer() const;
    /// Since when it has waited for a request; nothing while one is handled or answered.
    [[nodiscard]] std::optional<SteadyTime> waitsSince() const;
    /// Since when it has kept memory while the peer sends a body or reads an answer.
    [[nodiscard]] std::optional<SteadyTime> holdsSince() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with a wait on the socket, which may end after the session
};

/// ::ffff:a.b.c.d, as a socket of both families calls a peer of IPv4, is that address of IPv4; others stay as they are.
[[nodiscard]] boost::asio::ip::address unmapped(const boost::asio::ip::address& address);
/// For limits per peer (connections, faucet): the address, of IPv6 the /64 network, as text.
[[nodiscard]] std::string peerKey(const boost::asio::ip::address& address);

}  // namespace pegasus::iri
