// SPDX-License-Identifier: Apache-2.0
// POST of JSON over HTTP or HTTPS.
#include "iri/http_client.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "iri/authorities.hpp"

namespace pegasus::iri {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using RealTime = std::chrono::steady_clock::time_point;  // of sockets: not the test's clock

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kMaxHeaderBytes = 16 * 1024;
// Servers close idle connections after a minute or so; ours after 75 s.
constexpr auto kMaxIdleTime = std::chrono::seconds(50);

using Endpoints = std::vector<tcp::endpoint>;
using TlsStream = ssl::stream<beast::tcp_stream>;
using HttpRequest = http::request<http::string_body>;
using ResponseParser = http::response_parser<http::string_body>;

struct Connection {
    std::variant<beast::tcp_stream, TlsStream> stream;
    beast::flat_buffer buffer{64 * 1024};
    RealTime idleSince{};

    [[nodiscard]] beast::tcp_stream& tcpStream() {
        if (auto* tls = std::get_if<TlsStream>(&stream)) return tls->next_layer();
        return std::get<beast::tcp_stream>(stream);
    }
};

/// A name being looked up. The look-up itself cannot be broken off: who waits for it can.
struct Resolving {
    explicit Resolving(asio::io_context& context) : resolver(context), timer(context) {}
    tcp::resolver resolver;
    asio::steady_timer timer;
    bool finished = false;
};

struct Resolved {
    error_code error;
    Endpoints endpoints;
};

struct Exchanged {
    error_code error;
    bool answered = false;  ///< at least a byte came back
    bool keepAlive = false;
    HttpAnswer answer;
};

Error errorOf(const Url& url, const error_code& error) {
    if (error == beast::error::timeout || error == asio::error::timed_out)
        return {ErrorCode::Timeout, fmt::format("{} did not answer in time", url.text())};
    if (error == http::error::body_limit || error == http::error::header_limit)
        return {ErrorCode::LimitExceeded, fmt::format("the answer of {} is too long", url.text())};
    const auto endOfStream = http::make_error_code(http::error::end_of_stream);
    const auto& httpErrors = endOfStream.category();
    if (error.category() == httpErrors && error != http::error::end_of_stream &&
        error != http::error::partial_message)
        return {ErrorCode::Corrupt, fmt::format("the answer of {} is not HTTP: {}", url.text(), error.message())};
    return {ErrorCode::Unreachable, fmt::format("{}: {}", url.text(), error.message())};
}

/// Why a handshake failed, in words about the certificate where it is that.
Error handshakeError(const Url& url, TlsStream& stream, const error_code& error) {
    const auto verdict = SSL_get_verify_result(stream.native_handle());
    if (verdict != X509_V_OK)
        return {ErrorCode::Unreachable, fmt::format("the certificate of {} is not accepted: {}", url.text(),
                                                    X509_verify_cert_error_string(verdict))};
    return errorOf(url, error);
}

template <class Stream>
Async<Exchanged> exchange(Stream& stream, beast::flat_buffer& buffer, const HttpRequest& request,
                          std::size_t maxAnswer) {
    Exchanged result;
    const auto [writeError, written] = co_await http::async_write(stream, request, kTuple);
    // A server that refuses early answers before it has read everything: look for its answer.
    ResponseParser parser;
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(maxAnswer);
    if (writeError == beast::error::timeout) {
        result.error = writeError;
        co_return result;
    }
    const auto [readError, n] = co_await http::async_read(stream, buffer, parser, kTuple);
    result.answered = parser.got_some();
    result.error = readError;
    if (readError) co_return result;
    result.keepAlive = parser.get().keep_alive() && !writeError;
    result.answer.status = static_cast<int>(parser.get().result_int());
    result.answer.body = std::move(parser.get().body());
    co_return result;
}

}  // namespace

class HttpClient::Impl {
public:
    Impl(asio::io_context& io, HttpClientOptions options) : io_(io), options_(std::move(options)) {}

    Result<void> loadAuthorities();
    Task<HttpAnswer> post(Url url, HttpCall call);
    void stop();

private:
    /// Connections to one URL.
    struct Host {
        std::list<std::unique_ptr<Connection>> idle;
        std::size_t active = 0;
        AsyncEvent released;
    };
    /// Counts a call as active, and makes its connection known to stop().
    class Use;

    Task<HttpAnswer> postOn(Host& host, const Url& url, const HttpCall& call, RealTime deadline);
    Task<Exchanged> attempt(Connection& connection, const Url& url, const HttpCall& call, RealTime deadline);
    Task<std::unique_ptr<Connection>> connect(const Url& url, RealTime deadline);
    Task<void> handshake(Connection& connection, const Url& url);
    Async<Resolved> resolve(const Url& url, RealTime deadline);
    [[nodiscard]] std::unique_ptr<Connection> reusable(Host& host);
    void keep(Host& host, std::unique_ptr<Connection> connection);

    asio::io_context& io_;
    HttpClientOptions options_;
    ssl::context tls_{ssl::context::tls_client};
    std::map<std::string, Host> hosts_;
    std::set<Connection*> inUse_;
    std::list<std::weak_ptr<Resolving>> resolving_;
    bool stopped_ = false;
};

class HttpClient::Impl::Use {
public:
    Use(Impl& impl, Connection& connection) : impl_(impl), connection_(connection) {
        impl_.inUse_.insert(&connection_);
    }
    ~Use() { impl_.inUse_.erase(&connection_); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

private:
    Impl& impl_;
    Connection& connection_;
};

Result<void> HttpClient::Impl::loadAuthorities() {
    error_code error;
    tls_.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
                     error);
    tls_.set_verify_mode(ssl::verify_peer, error);
    // A machine without any authority cannot verify, so it cannot use https; http works on.
    tls_.set_default_verify_paths(error);
    if (options_.caFile.empty()) return {};
    return loadAuthorityFile(*tls_.native_handle(), options_.caFile);
}

void HttpClient::Impl::stop() {
    stopped_ = true;
    for (auto* connection : inUse_) connection->tcpStream().close();
    for (auto& weak : resolving_)
        if (const auto resolving = weak.lock()) resolving->timer.cancel();
    for (auto& [text, host] : hosts_) {
        host.idle.clear();
        host.released.notifyAll();
    }
}

Task<HttpAnswer> HttpClient::Impl::post(Url url, HttpCall call) {
    const auto deadline = std::chrono::steady_clock::now() + call.limit;
    auto& host = hosts_[url.text()];
    while (host.active >= options_.maxParallel && !stopped_) co_await host.released.wait();
    if (stopped_) co_return fail(ErrorCode::Cancelled, "stopping");
    ++host.active;
    auto answer = co_await postOn(host, url, call, deadline);
    --host.active;
    host.released.notifyAll();
    if (!answer && stopped_) co_return fail(ErrorCode::Cancelled, "stopping");
    co_return answer;
}

Task<HttpAnswer> HttpClient::Impl::postOn(Host& host, const Url& url, const HttpCall& call, RealTime deadline) {
    for (auto connection = call.repeatable ? reusable(host) : nullptr;;) {
        const bool reused = connection != nullptr;
        if (!reused) {
            PEGASUS_CO_TRY(connection, co_await connect(url, deadline));
        }
        PEGASUS_CO_TRY(auto exchanged, co_await attempt(*connection, url, call, deadline));
        if (!exchanged.error) {
            if (exchanged.keepAlive) keep(host, std::move(connection));
            co_return std::move(exchanged.answer);
        }
        connection.reset();
        // The server may have closed a kept connection just then: once more, on a fresh one.
        const bool stale = reused && !exchanged.answered && exchanged.error != beast::error::timeout;
        if (!stale) co_return fail(errorOf(url, exchanged.error));
        host.idle.clear();
    }
}

Task<Exchanged> HttpClient::Impl::attempt(Connection& connection, const Url& url, const HttpCall& call,
                                          RealTime deadline) {
    if (stopped_) co_return fail(ErrorCode::Cancelled, "stopping");
    const Use use(*this, connection);
    HttpRequest request(http::verb::post, url.path, 11);
    request.set(http::field::host, url.authority());
    request.set(http::field::content_type, "application/json");
    request.set(http::field::accept, "application/json");
    request.set("X-IOTA-API-Version", "1");
    if (!url.authorization.empty()) request.set(http::field::authorization, url.authorization);
    request.keep_alive(call.repeatable);
    request.body() = call.body;
    request.prepare_payload();
    connection.tcpStream().expires_at(deadline);
    Exchanged exchanged;
    if (auto* tls = std::get_if<TlsStream>(&connection.stream)) {
        exchanged = co_await exchange(*tls, connection.buffer, request, call.maxAnswer);
    } else {
        auto& plain = std::get<beast::tcp_stream>(connection.stream);
        exchanged = co_await exchange(plain, connection.buffer, request, call.maxAnswer);
    }
    co_return exchanged;
}

std::unique_ptr<Connection> HttpClient::Impl::reusable(Host& host) {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(host.idle, [now](const auto& c) { return c->idleSince + kMaxIdleTime < now; });
    if (host.idle.empty()) return nullptr;
    auto connection = std::move(host.idle.back());
    host.idle.pop_back();
    return connection;
}

void HttpClient::Impl::keep(Host& host, std::unique_ptr<Connection> connection) {
    if (stopped_ || host.idle.size() >= options_.maxIdle || connection->buffer.size() != 0) return;
    connection->tcpStream().expires_never();
    connection->idleSince = std::chrono::steady_clock::now();
    host.idle.push_back(std::move(connection));
}

Async<Resolved> HttpClient::Impl::resolve(const Url& url, RealTime deadline) {
    error_code notAnAddress;
    const auto address = asio::ip::make_address(url.host, notAnAddress);
    Resolved resolved;
    if (!notAnAddress) {
        resolved.endpoints.emplace_back(address, url.port);
        co_return resolved;
    }
    if (url.host == "localhost") {  // RFC 6761, 6.3; a minimal system has no /etc/hosts
        resolved.endpoints.emplace_back(asio::ip::address_v4::loopback(), url.port);
        resolved.endpoints.emplace_back(asio::ip::address_v6::loopback(), url.port);
        co_return resolved;
    }
    auto state = std::make_shared<Resolving>(io_);
    const auto place = resolving_.insert(resolving_.end(), state);
    auto start = [state, deadline, &url](auto resume) {
        state->timer.expires_at(deadline);
        state->timer.async_wait([state, resume](error_code) mutable {
            if (std::exchange(state->finished, true)) return;
            state->resolver.cancel();
            resume(Resolved{beast::error::timeout, {}});
        });
        state->resolver.async_resolve(
            url.host, std::to_string(url.port), [state, resume](error_code error, const auto& results) mutable {
                if (std::exchange(state->finished, true)) return;
                state->timer.cancel();
                Resolved outcome;
                outcome.error = error;
                for (const auto& result : results) outcome.endpoints.push_back(result.endpoint());
                resume(std::move(outcome));
            });
    };
    resolved = co_await suspend<Resolved>(start);
    resolving_.erase(place);
    co_return resolved;
}

Task<std::unique_ptr<Connection>> HttpClient::Impl::connect(const Url& url, RealTime deadline) {
    const auto limit = std::min(deadline, std::chrono::steady_clock::now() +
                                              std::chrono::duration_cast<std::chrono::nanoseconds>(options_.connectTime));
    const auto resolved = co_await resolve(url, limit);
    if (resolved.error) co_return fail(errorOf(url, resolved.error));
    if (stopped_) co_return fail(ErrorCode::Cancelled, "stopping");

    std::unique_ptr<Connection> connection;
    if (url.tls) {
        connection.reset(new Connection{.stream = TlsStream(beast::tcp_stream(io_), tls_)});
    } else {
        connection.reset(new Connection{.stream = beast::tcp_stream(io_)});
    }
    const Use use(*this, *connection);
    auto& stream = connection->tcpStream();
    stream.expires_at(limit);
    const auto [error, endpoint] = co_await stream.async_connect(resolved.endpoints, kTuple);
    if (error) co_return fail(errorOf(url, error));
    error_code ignored;
    stream.socket().set_option(tcp::no_delay(true), ignored);
    if (url.tls) {
        PEGASUS_CO_CHECK(co_await handshake(*connection, url));
    }
    co_return connection;
}

Task<void> HttpClient::Impl::handshake(Connection& connection, const Url& url) {
    auto& stream = std::get<TlsStream>(connection.stream);
    error_code error;
    asio::ip::make_address(url.host, error);
    // Server name indication is for names only.
    if (error && SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str()) != 1)
        co_return fail(ErrorCode::Internal, "cannot name the server '{}' in TLS", url.host);
    const ssl::host_name_verification verification(url.host);
    stream.set_verify_callback(verification, error);
    const auto [failed] = co_await stream.async_handshake(ssl::stream_base::client, kTuple);
    if (failed) co_return fail(handshakeError(url, stream, failed));
    co_return Result<void>();
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::create(asio::io_context& context, HttpClientOptions options) {
    auto impl = std::make_unique<Impl>(context, std::move(options));
    PEGASUS_CHECK(impl->loadAuthorities());
    return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

Task<HttpAnswer> HttpClient::post(Url url, HttpCall call) { return impl_->post(std::move(url), std::move(call)); }
void HttpClient::stop() { impl_->stop(); }

}  // namespace pegasus::iri
