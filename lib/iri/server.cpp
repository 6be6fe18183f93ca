// SPDX-License-Identifier: Apache-2.0
// Listeners, the number of connections, life and end of the server.
#include "iri/server.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
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

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

Error bindError(const BindAddress& bind, const error_code& error) {
    const auto code = error == asio::error::address_in_use ? ErrorCode::AlreadyExists
                      : error == asio::error::access_denied ? ErrorCode::AccessDenied
                                                            : ErrorCode::InvalidArgument;
    return Error{code, fmt::format("cannot listen on {} port {}: {}", bind.address, bind.port, error.message())};
}

Result<tcp::acceptor> listenOn(asio::io_context& context, const BindAddress& bind) {
    error_code error;
    const auto address = asio::ip::make_address(bind.address, error);
    if (error)
        return fail(ErrorCode::InvalidArgument, "'{}' is not an IPv4 or IPv6 address to listen on", bind.address);
    const tcp::endpoint endpoint(address, bind.port);
    tcp::acceptor acceptor(context);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(bindError(bind, error));
    return acceptor;
}

}  // namespace

class Server::Impl {
public:
    Impl(asio::io_context& io, ledger::Ledger& ledger, Scheduler& scheduler, Pool& pool, const Clock& clock,
         ServerOptions given)
        : io_(io),
          scheduler_(scheduler),
          options_(std::move(given)),
          handler_(ledger, pool, clock, options_),
          context_{options_, handler_, clock} {}

    Result<void> start();
    void stop();
    [[nodiscard]] std::vector<std::uint16_t> ports() const;
    [[nodiscard]] std::size_t connections() const { return sessions_.size(); }

private:
    using Sessions = std::list<Session>;

    Async<void> accept(tcp::acceptor& acceptor);
    Async<void> serve(Sessions::iterator session, std::string key);
    Async<void> untilStopping();
    void admit(tcp::socket socket);

    asio::io_context& io_;
    Scheduler& scheduler_;
    ServerOptions options_;
    Handler handler_;
    SessionContext context_;
    std::list<tcp::acceptor> acceptors_;
    Sessions sessions_;
    std::map<std::string, std::size_t> perPeer_;
    bool stopped_ = false;
};

Result<void> Server::Impl::start() {
    std::list<tcp::acceptor> acceptors;
    for (const auto& bind : options_.binds) {
        PEGASUS_TRY(auto acceptor, listenOn(io_, bind));
        acceptors.push_back(std::move(acceptor));
    }
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

std::vector<std::uint16_t> Server::Impl::ports() const {
    std::vector<std::uint16_t> result;
    error_code ignored;
    for (const auto& acceptor : acceptors_) result.push_back(acceptor.local_endpoint(ignored).port());
    return result;
}

Async<void> Server::Impl::accept(tcp::acceptor& acceptor) {
    while (!stopped_) {
        auto [error, socket] = co_await acceptor.async_accept(kTuple);
        if (stopped_) break;
        if (!error) {
            admit(std::move(socket));
        } else {
            // Out of descriptors, or the peer has gone already: others may have better luck a little later.
            const Duration pause = 100ms;
            (void)co_await scheduler_.sleep(pause);
        }
    }
}

void Server::Impl::admit(tcp::socket socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error || sessions_.size() >= options_.maxConnections) return;
    auto key = peerKey(remote.address());
    auto& ofPeer = perPeer_[key];
    if (ofPeer >= options_.maxConnectionsPerPeer) return;
    ++ofPeer;
    const auto session = sessions_.emplace(sessions_.end(), std::move(socket), context_);
    scheduler_.spawn("iri connection", serve(session, std::move(key)));
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
