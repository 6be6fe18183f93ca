// SPDX-License-Identifier: Apache-2.0
// One HTTP connection of the server.
#include "iri/session.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <type_traits>
#include <utility>
#include <variant>

#include "iri/byte_stream.hpp"
#include "iri/http_read.hpp"

namespace pegasus::iri {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kMaxHeaderBytes = 16 * 1024;
constexpr std::size_t kReadAhead = 64 * 1024;
constexpr std::string_view kVersionHeader = "X-IOTA-API-Version";
// How much of an unwanted body is read away, so that the refusal is not lost in a reset.
constexpr std::size_t kMaxDrained = 4 * 1024 * 1024;
constexpr auto kDrainTime = std::chrono::seconds(2);

using Parser = http::request_parser<http::string_body>;
using HttpRequest = http::request<http::string_body>;

struct HttpResponse {
    unsigned status = 200;
    bool http10 = false;
    bool keepAlive = true;
    std::string_view fields;  ///< more of them, each with its line end
    std::string body;
};

std::string headOf(const HttpResponse& response, Duration idleTime) {
    std::string_view connection;
    if (response.http10 && response.keepAlive) connection = "Connection: keep-alive\r\n";
    if (!response.http10 && !response.keepAlive) connection = "Connection: close\r\n";
    std::string keepAlive;
    if (response.keepAlive)
        keepAlive = fmt::format("Keep-Alive: timeout={}\r\n",
                                std::chrono::floor<std::chrono::seconds>(idleTime).count());
    const std::string_view reason = http::obsolete_reason(static_cast<http::status>(response.status));
    return fmt::format(
        "HTTP/1.{} {} {}\r\n"
        "Access-Control-Allow-Origin: *\r\n"
        "Content-Type: application/json\r\n"
        "{}{}{}"
        "Content-Length: {}\r\n\r\n",
        response.http10 ? 0 : 1, response.status, reason, connection, keepAlive, response.fields, response.body.size());
}

beast::string_view beastView(std::string_view text) { return {text.data(), text.size()}; }

/// Or costs work, or money of the faucet.
bool changesSomething(const Request& request) {
    return std::visit(
        []<class R>(const R&) {
            return std::is_same_v<R, AttachToTangle> || std::is_same_v<R, InterruptAttachingToTangle> || std::is_same_v<R, StoreTransactions> ||
                   std::is_same_v<R, BroadcastTransactions> || std::is_same_v<R, AddNeighbors> || std::is_same_v<R, RemoveNeighbors> ||
                   std::is_same_v<R, FaucetRequest>;
        },
        request);
}

/// A part of the bytes that all sessions may hold together; given back when it goes. Who lets his answers lie makes room for others.
class Reservation {
public:
    Reservation(SessionContext& context, const std::string& peer) : context_(context), peer_(peer) {}
    ~Reservation() {
        context_.bufferedBytes -= bytes_;
        const auto it = context_.bufferedOf.find(peer_);
        if (it != context_.bufferedOf.end() && (it->second -= bytes_) == 0) context_.bufferedOf.erase(it);
    }
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;

    [[nodiscard]] bool take(std::size_t bytes) {
        const auto most = context_.options.maxBufferedBytes;
        // What is closed gives its bytes back in a moment.
        if (bytes > 0 && context_.bufferedBytes + bytes > most && (!context_.makeRoom || !context_.makeRoom(peer_, bytes))) return false;
        force(bytes);
        return true;
    }
    /// Beyond the bound, for the short answer that must not be lost.
    void force(std::size_t bytes) {
        if (bytes == 0) return;
        context_.bufferedBytes += bytes;
        context_.bufferedOf[peer_] += bytes;
        bytes_ += bytes;
    }

private:
    SessionContext& context_;
    const std::string& peer_;
    std::size_t bytes_ = 0;
};

}  // namespace

asio::ip::address unmapped(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

std::string peerKey(const asio::ip::address& address) {
    const auto plain = unmapped(address);
    if (plain.is_v4()) return plain.to_string();
    auto bytes = plain.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return asio::ip::address_v6(bytes).to_string() + "/64";
}

struct Session::Impl : std::enable_shared_from_this<Session::Impl> {
    Impl(asio::ip::tcp::socket socket, SessionContext& shared) : context(shared), stream(std::move(socket)) {
        error_code error;
        const auto remote = stream.socket().remote_endpoint(error);
        const auto address = unmapped(remote.address());
        peer = peerKey(address);
        const auto& hosts = context.options.trustedHosts;
        trusted = !error && ((context.options.trustLoopback && address.is_loopback()) ||
                             std::ranges::find(hosts, address.to_string()) != hosts.end());
        stream.socket().set_option(asio::ip::tcp::no_delay(true), error);
    }

    /// How reading a request ended.
    enum class Got : std::uint8_t { Complete, Nothing, Refused };

    Async<Got> readRequest(Parser& parser, Reservation& reservation);
    Async<bool> awaitFirstByte();
    Async<Got> readBody(Parser& parser, Reservation& reservation);
    Async<bool> sendContinue();
    Async<HttpResponse> answer(HttpRequest request);
    Async<Reply> command(std::string body, bool ofForeignPage);
    [[nodiscard]] bool isOfForeignPage(const HttpRequest& request) const;
    Async<bool> write(HttpResponse response);
    Async<void> drain();
    void watchForClose();
    [[nodiscard]] std::int64_t elapsed() const {
        return std::chrono::floor<std::chrono::milliseconds>(context.clock.steady() - begun).count();
    }
    [[nodiscard]] HttpResponse respond(unsigned status, std::string body, const HttpRequest& request) const;
    [[nodiscard]] HttpResponse respond(const ApiError& error, const HttpRequest& request) const {
        return respond(static_cast<unsigned>(error.status), encodeError(error, elapsed()), request);
    }

    SessionContext& context;
    ByteStream stream;
    beast::flat_buffer buffer{kReadAhead};
    std::stop_source gone;
    std::string peer;  ///< for limits
    bool trusted = false;
    SteadyTime begun;  ///< of the present request
    std::optional<SteadyTime> waitsSince;
    std::optional<SteadyTime> holdsSince;
    bool changed = false;  ///< the present request changed something, or cost work: its answer must not be lost
    ApiError refusal;  ///< with Got::Refused
};

Session::Session(asio::ip::tcp::socket socket, SessionContext& context)
    : impl_(std::make_shared<Impl>(std::move(socket), context)) {}
Session::~Session() = default;

void Session::close() {
    impl_->gone.request_stop();
    impl_->stream.close();
}

const std::string& Session::peer() const { return impl_->peer; }
bool Session::closed() const { return impl_->gone.stop_requested(); }
std::optional<SteadyTime> Session::waitsSince() const { return impl_->waitsSince; }
std::optional<SteadyTime> Session::holdsSince() const { return impl_->holdsSince; }

Async<void> Session::run() {
    auto& s = *impl_;
    for (bool open = true; open;) {
        Parser parser;
        Reservation reservation(s.context, s.peer);
        s.waitsSince = s.context.clock.steady();
        const auto got = co_await s.readRequest(parser, reservation);
        s.waitsSince.reset();
        if (got == Impl::Got::Nothing) break;
        HttpResponse response;
        if (got == Impl::Got::Refused) {
            response = s.respond(s.refusal, parser.get());
            response.keepAlive = false;
        } else {
            response = co_await s.answer(parser.release());
        }
        open = response.keepAlive && !s.gone.stop_requested();
        if (s.changed) {
            reservation.force(response.body.size());
        } else if (!reservation.take(response.body.size())) {
            response.status = 503;
            response.body = encodeError(ApiError{503, "too many answers wait to be read", {}}, s.elapsed());
            response.keepAlive = open = false;
        }
        s.holdsSince = s.context.clock.steady();
        const bool written = co_await s.write(std::move(response));
        s.holdsSince.reset();
        if (got == Impl::Got::Refused && written) co_await s.drain();
        open = open && written;
    }
    s.stream.close();
}

Async<bool> Session::Impl::awaitFirstByte() {
    if (buffer.size() != 0) co_return true;  // pipelined
    stream.expiresAfter(context.options.idleTime);
    const auto space = buffer.prepare(4096);
    const auto read = co_await stream.readSome(space);
    buffer.commit(read.bytes);
    co_return !read.error;
}

Async<Session::Impl::Got> Session::Impl::readRequest(Parser& parser, Reservation& reservation) {
    const bool arrived = co_await awaitFirstByte();
    if (!arrived) co_return Got::Nothing;
    begun = context.clock.steady();
    changed = false;
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(boost::none);  // judged below, after the version header, as IRI does
    stream.expiresAfter(context.options.headerTime);
    const auto error = co_await readHttp<true>(stream, buffer, parser, ReadUntil::Header);
    if (error && error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
        refusal = ApiError{400, "Malformed HTTP request: " + error.message(), {}};
        co_return Got::Refused;
    }
    if (error) co_return Got::Nothing;
    co_return co_await readBody(parser, reservation);
}

Async<Session::Impl::Got> Session::Impl::readBody(Parser& parser, Reservation& reservation) {
    const auto& header = parser.get();
    const auto most = context.options.maxBodyLength;
    if (header.method() == http::verb::post && header.find(beastView(kVersionHeader)) == header.end()) {
        refusal = ApiError{400, "Invalid API Version", {}};
        co_return Got::Refused;
    }
    const auto length = parser.content_length();
    if (length && *length > most) {
        refusal = ApiError{400, "Request too long", {}};
        co_return Got::Refused;
    }
    if (!reservation.take(length ? static_cast<std::size_t>(*length) : parser.chunked() ? most : 0)) {
        refusal = ApiError{503, "too many requests at a time", {}};
        co_return Got::Refused;
    }
    if (parser.is_done()) co_return Got::Complete;
    if (beast::iequals(header[http::field::expect], "100-continue")) {
        const bool sent = co_await sendContinue();
        if (!sent) co_return Got::Nothing;
    }
    parser.body_limit(most);
    stream.expiresAfter(context.options.bodyTime);
    holdsSince = context.clock.steady();
    const auto error = co_await readHttp<true>(stream, buffer, parser, ReadUntil::End);
    holdsSince.reset();
    if (error == http::error::body_limit) {
        refusal = ApiError{400, "Request too long", {}};
        co_return Got::Refused;
    }
    co_return error ? Got::Nothing : Got::Complete;
}

Async<bool> Session::Impl::sendContinue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    stream.expiresAfter(context.options.writeTime);
    const auto error = co_await stream.write(kContinue);
    co_return !error;
}

HttpResponse Session::Impl::respond(unsigned status, std::string body, const HttpRequest& request) const {
    HttpResponse response;
    response.status = status;
    response.http10 = request.version() == 10;
    response.keepAlive = request.keep_alive();
    if (request.method() == http::verb::head) {  // a body would be read as the next answer
        response.keepAlive = false;
    } else {
        response.body = std::move(body);
    }
    return response;
}

Async<HttpResponse> Session::Impl::answer(HttpRequest request) {
    if (request.method() == http::verb::options) {
        auto response = respond(200, {}, request);
        response.fields =
            "Allow: GET, POST, OPTIONS\r\n"
            "Access-Control-Allow-Methods: POST, GET, OPTIONS\r\n"
            "Access-Control-Allow-Headers: "
            "User-Agent, Origin, X-Requested-With, Content-Type, Accept, X-IOTA-API-Version\r\n";
        co_return response;
    }
    if (request.method() == http::verb::get && request.target() == "/healthz") {
        const auto illness = co_await context.handler.illness();
        if (illness.empty()) co_return respond(200, {}, request);
        const ApiError error{503, illness, {}};
        co_return respond(error, request);
    }
    if (request.find(beastView(kVersionHeader)) == request.end()) {
        const ApiError error{400, "Invalid API Version", {}};
        co_return respond(error, request);
    }
    const bool ofForeignPage = isOfForeignPage(request);
    auto reply = co_await command(std::move(request.body()), ofForeignPage);
    if (!reply) co_return respond(reply.error(), request);
    co_return respond(200, encodeAnswer(*reply, elapsed()), request);
}

/// Browsers name the origin of a page with each POST, and no script of the page can change that (Fetch standard, section 3.2); other
/// programs name none.
bool Session::Impl::isOfForeignPage(const HttpRequest& request) const {
    const auto& allowed = context.options.allowedOrigins;
    const auto [first, last] = request.equal_range(http::field::origin);
    return std::any_of(first, last, [&](const auto& field) {
        return std::ranges::find(allowed, std::string(field.value())) == allowed.end();
    });
}

Async<Reply> Session::Impl::command(std::string body, bool ofForeignPage) {
    CodecLimits limits;
    limits.bodyLength = context.options.maxBodyLength;
    limits.listLength = context.options.maxListLength;
    std::span<const std::string> limited;
    if (!trusted || ofForeignPage) limited = context.options.limitedCommands;
    auto decoded = decodeRequest(body, limits, limited);
    if (!decoded) co_return Unexpected<ApiError>(std::move(decoded).error());
    body = std::string();
    if (ofForeignPage && changesSomething(*decoded)) {
        ApiError refused{403, fmt::format("COMMAND {} is not for web pages of this origin (ledger.api.allowed-origins)", commandName(*decoded)), {}};
        co_return Unexpected<ApiError>(std::move(refused));
    }
    if (context.inFlight >= context.options.maxRequestsInFlight) {
        ApiError busy{503, "too many requests at a time", {}};
        co_return Unexpected<ApiError>(std::move(busy));
    }
    const bool works = std::holds_alternative<AttachToTangle>(*decoded);
    changed = changesSomething(*decoded);
    if (works) watchForClose();
    ++context.inFlight;
    auto reply = co_await context.handler.handle(std::move(*decoded), peer, gone.get_token());
    --context.inFlight;
    error_code ignored;
    if (works) stream.socket().cancel(ignored);
    co_return reply;
}

/// Proof of work is not done for a peer that has gone: its end of the connection becomes readable, with nothing to read.
void Session::Impl::watchForClose() {
    if (buffer.size() != 0) return;
    auto onReadable = [self = shared_from_this()](error_code error) {
        if (error || !self->stream.socket().is_open()) return;
        char byte = 0;
        const auto n = ::recv(self->stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
            self->gone.request_stop();
    };
    stream.socket().async_wait(asio::ip::tcp::socket::wait_read, std::move(onReadable));
}

Async<bool> Session::Impl::write(HttpResponse response) {
    stream.expiresAfter(context.options.writeTime);
    const auto head = headOf(response, context.options.idleTime);
    const auto error = co_await stream.write(head, response.body);
    co_return !error;
}

Async<void> Session::Impl::drain() {
    error_code ignored;
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream.expiresAfter(kDrainTime);
    std::array<char, 8192> away;
    for (std::size_t total = 0; total < kMaxDrained;) {
        const auto space = asio::buffer(away);
        const auto read = co_await stream.readSome(space);
        if (read.error) break;
        total += read.bytes;
    }
}

}  // namespace pegasus::iri
