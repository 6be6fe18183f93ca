// SPDX-License-Identifier: Apache-2.0
// POST of JSON over HTTP or HTTPS.
#include "iri/http_client.hpp"

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <list>
#include <map>
#include <set>
#include <utility>

#include "iri/authorities.hpp"
#include "iri/byte_stream.hpp"
#include "iri/http_read.hpp"
#include "iri/resolver.hpp"

namespace pegasus::iri {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kMaxHeaderBytes = 16 * 1024;
// Servers close idle connections after a minute or so; ours after 75 s.
constexpr auto kMaxIdleTime = std::chrono::seconds(50);

using ResponseParser = http::response_parser<http::string_body>;

struct Connection {
    explicit Connection(asio::io_context& io) : stream(io) {}
    ByteStream stream;
    beast::flat_buffer buffer{64 * 1024};
    RealTime idleSince{};
};

struct Exchanged {
    error_code error;
    bool answered = false;  ///< at least a byte came back
    bool keepAlive = false;
    HttpAnswer answer;
};

Error errorOf(const Url& url, const error_code& error) {
    if (error == asio::error::timed_out)
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
Error handshakeError(const Url& url, const ByteStream& stream, const error_code& error) {
    const auto problem = stream.certificateProblem();
    if (problem.empty()) return errorOf(url, error);
    return {ErrorCode::Unreachable, fmt::format("the certificate of {} is not accepted: {}", url.text(), problem)};
}

std::string requestHead(const Url& url, const HttpCall& call) {
    const auto authorization =
        url.authorization.empty() ? std::string() : fmt::format("Authorization: {}\r\n", url.authorization);
    return fmt::format(
        "POST {} HTTP/1.1\r\n"
        "Host: {}\r\n"
        "Content-Type: application/json\r\n"
        "Accept: application/json\r\n"
        "X-IOTA-API-Version: 1\r\n"
        "{}{}"
        "Content-Length: {}\r\n\r\n",
        url.path, url.authority(), authorization, call.repeatable ? "" : "Connection: close\r\n", call.body.size());
}

Async<Exchanged> exchange(Connection& connection, const Url& url, const HttpCall& call) {
    Exchanged result;
    const auto head = requestHead(url, call);
    const auto writeError = co_await connection.stream.write(head, call.body);
    if (writeError == asio::error::timed_out) {
        result.error = writeError;
        co_return result;
    }
    // A server that refuses early answers before it has read everything: look for its answer.
    ResponseParser parser;
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(call.maxAnswer);
    result.error = co_await readHttp<false>(connection.stream, connection.buffer, parser, ReadUntil::End);
    result.answered = parser.got_some();
    if (result.error) co_return result;
    result.keepAlive = parser.get().keep_alive() && !writeError;
    result.answer.status = static_cast<int>(parser.get().result_int());
    result.answer.location = std::string(parser.get()[http::field::location]);
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
    [[nodiscard]] std::unique_ptr<Connection> reusable(Host& host);
    void keep(Host& host, std::unique_ptr<Connection> connection);

    asio::io_context& io_;
    Resolver resolver_{io_};
    HttpClientOptions options_;
    ssl::context tls_{ssl::context::tls_client};
    std::map<std::string, Host> hosts_;
    std::set<Connection*> inUse_;
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
    for (auto* connection : inUse_) connection->stream.close();
    resolver_.stop();
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
        const bool stale = reused && !exchanged.answered && exchanged.error != asio::error::timed_out;
        if (!stale) co_return fail(errorOf(url, exchanged.error));
        host.idle.clear();
    }
}

Task<Exchanged> HttpClient::Impl::attempt(Connection& connection, const Url& url, const HttpCall& call,
                                          RealTime deadline) {
    if (stopped_) co_return fail(ErrorCode::Cancelled, "stopping");
    const Use use(*this, connection);
    connection.stream.expiresAt(deadline);
    auto exchanged = co_await exchange(connection, url, call);
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
    connection->stream.expiresNever();
    connection->idleSince = std::chrono::steady_clock::now();
    host.idle.push_back(std::move(connection));
}

Task<std::unique_ptr<Connection>> HttpClient::Impl::connect(const Url& url, RealTime deadline) {
    const auto limit = std::min(deadline, std::chrono::steady_clock::now() +
                                              std::chrono::duration_cast<std::chrono::nanoseconds>(options_.connectTime));
    const auto resolved = co_await resolver_.resolve(url, limit);
    if (resolved.error) co_return fail(errorOf(url, resolved.error));
    if (stopped_) co_return fail(ErrorCode::Cancelled, "stopping");

    auto connection = std::make_unique<Connection>(io_);
    const Use use(*this, *connection);
    auto& stream = connection->stream;
    stream.expiresAt(limit);
    const auto error = co_await stream.connect(resolved.endpoints);
    if (error) co_return fail(errorOf(url, error));
    error_code ignored;
    stream.socket().set_option(tcp::no_delay(true), ignored);
    if (url.tls) {
        const auto failed = co_await stream.handshake(tls_, url.host);
        if (failed) co_return fail(handshakeError(url, stream, failed));
    }
    co_return connection;
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
