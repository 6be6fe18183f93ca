// SPDX-License-Identifier: Apache-2.0
// Listeners, the number of connections, life and end of the server.
#include "iri/server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <list>
#include <map>
#include <utility>

#include "iri/session.hpp"

namespace pegasus::iri {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMostClosing = 64;  // connections that were closed for others and have not ended
constexpr Duration kSilence = 1s;  // of a connection that makes room though its peer has no other
constexpr int kMostTurnedAway = 256;  // between two turns of the loop

struct Accepted {
    error_code error;
    tcp::socket socket;
};

Async<Accepted> acceptOn(tcp::acceptor& acceptor) {
    auto start = [&acceptor](const Resume<Accepted>& resume) {
        acceptor.async_accept([resume](const error_code& error, tcp::socket socket) {
            resume(Accepted{error, std::move(socket)});
        });
    };
    return suspend<Accepted, WaitsFor::Loop>(start);
}

Error bindError(const tcp::endpoint& endpoint, const error_code& error) {
    auto host = endpoint.address().to_string();
    if (endpoint.address().is_v6()) host = "[" + host + "]";
    const auto where = fmt::format("{}:{}", host, endpoint.port());
    if (error == asio::error::address_in_use)
        return {ErrorCode::AlreadyExists,
                fmt::format("cannot listen on {}: another program has the port, perhaps a second pegasusd", where)};
    if (error == asio::error::access_denied)
        return {ErrorCode::AccessDenied, fmt::format("cannot listen on {}: {}", where, error.message())};
    if (error == asio::error::address_family_not_supported)
        return {ErrorCode::InvalidArgument, fmt::format("cannot listen on {}: this machine has no IPv6", where)};
    if (error == boost::system::errc::address_not_available)
        return {ErrorCode::InvalidArgument, fmt::format("cannot listen on {}: this machine has no such address", where)};
    return {ErrorCode::InvalidArgument, fmt::format("cannot listen on {}: {}", where, error.message())};
}

/// ::ffff:a.b.c.d is the address of IPv4 that it stands for.
Result<tcp::endpoint> endpointOf(const BindAddress& bind) {
    error_code error;
    const auto address = asio::ip::make_address(bind.address, error);
    if (error)
        return fail(ErrorCode::InvalidArgument, "'{}' is not an IPv4 or IPv6 address to listen on", bind.address);
    return tcp::endpoint(unmapped(address), bind.port);
}

/// Whether who listens at `wide` hears everything that comes to `narrow`: 0.0.0.0 is all of IPv4, [::] is all there is.
bool includes(const tcp::endpoint& wide, const tcp::endpoint& narrow) {
    if (wide.port() == 0 || wide.port() != narrow.port()) return false;
    if (wide.address() == narrow.address()) return true;
    return wide.address().is_unspecified() && (wide.address().is_v6() || narrow.address().is_v4());
}

/// Whether another of `all` hears what comes to the one at `index`; of two equal ones the first listens.
bool isIncluded(const std::vector<tcp::endpoint>& all, std::size_t index) {
    for (std::size_t other = 0; other < all.size(); ++other) {
        if (other == index || !includes(all[other], all[index])) continue;
        if (all[other] != all[index] || other < index) return true;
    }
    return false;
}

error_code bindAndListen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    const bool every = endpoint.address().is_unspecified();
    if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(!every), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

Result<tcp::acceptor> listenOn(asio::io_context& context, const tcp::endpoint& endpoint) {
    tcp::acceptor acceptor(context);
    auto error = bindAndListen(acceptor, endpoint);
    const bool everyOfIpv6 = endpoint.address().is_v6() && endpoint.address().is_unspecified();
    if (error == asio::error::address_family_not_supported && everyOfIpv6) {
        // A kernel without IPv6: all addresses of this machine are those of IPv4.
        acceptor = tcp::acceptor(context);
        error = bindAndListen(acceptor, tcp::endpoint(tcp::v4(), endpoint.port()));
    }
    if (error) return fail(bindError(endpoint, error));
    return acceptor;
}

/// Tells a peer that is not served why, as far as it can be told without waiting, and closes.
void refuse(tcp::socket socket, std::string_view why) {
    const auto body = fmt::format("{{\"error\":\"{}\",\"duration\":0}}", why);
    const auto text = fmt::format("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
                                  "Retry-After: 5\r\nConnection: close\r\n\r\n{}", body.size(), body);
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(text), 0, ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    // What has arrived is taken: unread, it would make the kernel drop the answer.
    std::array<char, 4096> away;
    for (int i = 0; i < 16 && socket.receive(asio::buffer(away), 0, ignored) > 0; ++i) {}
}

/// A descriptor to give up when there is no other one: waiting peers can then be turned away instead of left waiting.
class Spare {
public:
    Spare() { open(); }
    ~Spare() { close(); }
    Spare(const Spare&) = delete;
    Spare& operator=(const Spare&) = delete;
    void open() {
        if (fd_ < 0) fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_ = -1;
};

}  // namespace

class Server::Impl {
public:
    Impl(asio::io_context& io, ledger::Ledger& ledger, Scheduler& scheduler, Pool& pool, const Clock& clock,
         ServerOptions given)
        : io_(io),
          scheduler_(scheduler),
          options_(std::move(given)),
          handler_(ledger, pool, clock, options_),
          context_{options_, handler_, clock, 0, 0, {}, {}},
          clock_(clock) {
        context_.makeRoom = [this](const std::string& peer, std::size_t bytes) { return closeHolding(peer, bytes); };
    }

    Result<void> start();
    void stop();
    [[nodiscard]] const std::vector<std::uint16_t>& ports() const { return ports_; }
    [[nodiscard]] std::size_t connections() const { return sessions_.size(); }

private:
    using Sessions = std::list<Session>;

    Async<void> accept(tcp::acceptor& acceptor);
    Async<void> serve(Sessions::iterator session, std::string key);
    Async<void> untilStopping();
    void admit(tcp::socket socket);
    void turnAway(tcp::acceptor& acceptor);
    /// For a newcomer: closes the connection that has waited longest, of the peer who has the most; where all have one, of those that
    /// have been silent for a while.
    bool closeIdle(const std::string& newcomer);
    /// For who needs memory: closes the connection that has sent a body or left an answer lying longest, of the peer who holds the most.
    bool closeHolding(const std::string& peer, std::size_t bytes);
    /// `peer`: empty for all of them.
    template <class Since>
    bool closeLongest(const std::string& peer, Since since);

    asio::io_context& io_;
    Scheduler& scheduler_;
    ServerOptions options_;
    Handler handler_;
    SessionContext context_;
    const Clock& clock_;
    std::list<tcp::acceptor> acceptors_;
    std::vector<std::uint16_t> ports_;
    Sessions sessions_;
    std::map<std::string, std::size_t> perPeer_;
    Spare spare_;
    bool stopped_ = false;
};

Result<void> Server::Impl::start() {
    std::vector<tcp::endpoint> endpoints;
    for (const auto& bind : options_.binds) {
        PEGASUS_TRY(const auto endpoint, endpointOf(bind));
        endpoints.push_back(endpoint);
    }
    std::list<tcp::acceptor> acceptors;
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        if (isIncluded(endpoints, i)) continue;
        PEGASUS_TRY(auto acceptor, listenOn(io_, endpoints[i]));
        error_code ignored;
        const auto port = acceptor.local_endpoint(ignored).port();
        if (std::ranges::find(ports, port) == ports.end()) ports.push_back(port);
        acceptors.push_back(std::move(acceptor));
    }
    ports_ = std::move(ports);
    acceptors_ = std::move(acceptors);
    for (auto& acceptor : acceptors_) scheduler_.spawn("iri listener", accept(acceptor));
    scheduler_.spawn("iri server", untilStopping());
    return {};
}

Async<void> Server::Impl::untilStopping() {
    const Duration hour = std::chrono::hours(1);
    while (!stopped_) {
        const auto slept = co_await scheduler_.sleep(hour);
        if (!slept) stop();
    }
}

void Server::Impl::stop() {
    stopped_ = true;
    error_code ignored;
    for (auto& acceptor : acceptors_) acceptor.close(ignored);
    for (auto& session : sessions_) session.close();
    handler_.interrupt();
}

Async<void> Server::Impl::accept(tcp::acceptor& acceptor) {
    while (!stopped_) {
        auto accepted = co_await acceptOn(acceptor);
        if (stopped_) break;
        if (!accepted.error) {
            admit(std::move(accepted.socket));
        } else {
            // Out of descriptors, or the peer has gone already: others may have better luck a little later.
            if (accepted.error == asio::error::no_descriptors) turnAway(acceptor);
            const Duration pause = 100ms;
            (void)co_await scheduler_.sleep(pause);
        }
    }
}

/// Without descriptors: who waits is told so, one after the other, through the spare one.
void Server::Impl::turnAway(tcp::acceptor& acceptor) {
    spare_.close();
    error_code error;
    acceptor.non_blocking(true, error);
    for (int i = 0; i < kMostTurnedAway && !error; ++i) {
        tcp::socket socket(io_);
        acceptor.accept(socket, error);
        if (!error) refuse(std::move(socket), "the node has no file descriptors left");
    }
    spare_.open();
}

void Server::Impl::admit(tcp::socket socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;
    auto key = peerKey(remote.address());
    // What is closed counts until it has ended, so there may be some more for a moment.
    const bool full = sessions_.size() >= options_.maxConnections;
    if (full && (sessions_.size() >= options_.maxConnections + kMostClosing || !closeIdle(key)))
        return refuse(std::move(socket), "too many connections");
    auto& ofPeer = perPeer_[key];
    if (ofPeer >= options_.maxConnectionsPerPeer) return refuse(std::move(socket), "too many connections from this address");
    ++ofPeer;
    const auto session = sessions_.emplace(sessions_.end(), std::move(socket), context_);
    scheduler_.spawn("iri connection", serve(session, std::move(key)));
}

bool Server::Impl::closeIdle(const std::string& newcomer) {
    const auto most = std::ranges::max_element(perPeer_, {}, [](const auto& entry) { return entry.second; });
    const auto own = perPeer_.find(newcomer);
    if (most == perPeer_.end()) return false;
    if (most->second > (own == perPeer_.end() ? 0 : own->second) + 1)
        return closeLongest(most->first, [](const Session& session) { return session.waitsSince(); });
    if (own != perPeer_.end()) return false;
    const auto silent = clock_.steady() - kSilence;
    return closeLongest({}, [silent](const Session& session) {
        const auto since = session.waitsSince();
        return since && *since <= silent ? since : std::nullopt;
    });
}

bool Server::Impl::closeHolding(const std::string& peer, std::size_t bytes) {
    const auto& held = context_.bufferedOf;
    const auto most = std::ranges::max_element(held, {}, [](const auto& entry) { return entry.second; });
    const auto own = held.find(peer);
    if (most == held.end() || most->second <= (own == held.end() ? 0 : own->second) + bytes) return false;
    return closeLongest(most->first, [](const Session& session) { return session.holdsSince(); });
}

template <class Since>
bool Server::Impl::closeLongest(const std::string& peer, Since since) {
    Session* longest = nullptr;
    for (auto& session : sessions_) {
        if ((!peer.empty() && session.peer() != peer) || session.closed() || !since(session)) continue;
        if (longest == nullptr || *since(session) < *since(*longest)) longest = &session;
    }
    if (longest == nullptr) return false;
    longest->close();
    return true;
}

Async<void> Server::Impl::serve(Sessions::iterator session, std::string key) {
    co_await session->run();
    sessions_.erase(session);
    const auto ofPeer = perPeer_.find(key);
    if (--ofPeer->second == 0) perPeer_.erase(ofPeer);
}

Server::Server(asio::io_context& context, ledger::Ledger& ledger, Scheduler& scheduler, Pool& pool,
               const Clock& clock, ServerOptions options)
    : impl_(std::make_unique<Impl>(context, ledger, scheduler, pool, clock, std::move(options))) {}
Server::~Server() = default;

Result<void> Server::start() { return impl_->start(); }
void Server::stop() { impl_->stop(); }
std::vector<std::uint16_t> Server::ports() const { return impl_->ports(); }
std::size_t Server::connections() const { return impl_->connections(); }

}  // namespace pegasus::iri
