// SPDX-License-Identifier: Apache-2.0
// ByteStream: a socket, perhaps TLS over it, and a timer.
#include "iri/byte_stream.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

namespace pegasus::iri {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

struct ByteStream::Impl : std::enable_shared_from_this<Impl> {
    explicit Impl(tcp::socket given) : socket(std::move(given)), timer(socket.get_executor()) {}

    /// False: the deadline is over already.
    [[nodiscard]] bool begin();
    [[nodiscard]] error_code end(error_code error);
    void close() {
        error_code ignored;
        socket.close(ignored);
    }

    tcp::socket socket;
    std::optional<ssl::stream<tcp::socket&>> tls;
    asio::steady_timer timer;
    RealTime deadline = RealTime::max();
    unsigned operation = 0;  ///< a number of the present one: a timer that fires late is another's
    bool timedOut = false;
};

namespace {

/// The one completion handler of all operations.
template <class Stream>
struct Ended {
    std::shared_ptr<Stream> stream;
    Resume<Transferred> resume;
    void operator()(const error_code& error, std::size_t bytes = 0) const {
        resume(Transferred{stream->end(error), bytes});
    }
};

const Transferred kExpired{asio::error::timed_out, 0};

}  // namespace

bool ByteStream::Impl::begin() {
    ++operation;
    timedOut = false;
    if (deadline == RealTime::max()) return true;
    if (deadline <= std::chrono::steady_clock::now()) {
        close();
        return false;
    }
    timer.expires_at(deadline);
    timer.async_wait([self = shared_from_this(), mine = operation](const error_code& error) {
        if (error || self->operation != mine) return;
        self->timedOut = true;
        self->close();
    });
    return true;
}

error_code ByteStream::Impl::end(error_code error) {
    ++operation;
    timer.cancel();
    return timedOut ? asio::error::timed_out : error;
}

ByteStream::ByteStream(asio::io_context& context) : ByteStream(tcp::socket(context)) {}
ByteStream::ByteStream(tcp::socket socket) : impl_(std::make_shared<Impl>(std::move(socket))) {}
ByteStream::~ByteStream() = default;

void ByteStream::expiresAt(RealTime deadline) { impl_->deadline = deadline; }
void ByteStream::close() { impl_->close(); }
tcp::socket& ByteStream::socket() { return impl_->socket; }

Async<error_code> ByteStream::connect(const Endpoints& endpoints) {
    Transferred last{asio::error::not_found, 0};
    for (const auto& endpoint : endpoints) {
        impl_->close();
        auto start = [this, &endpoint](const Resume<Transferred>& resume) {
            impl_->socket.async_connect(endpoint, Ended<Impl>{impl_, resume});
        };
        last = kExpired;
        if (!impl_->begin()) break;
        last = co_await suspend<Transferred, WaitsFor::Loop>(start);
        if (!last.error || last.error == asio::error::timed_out) break;
    }
    co_return last.error;
}

Async<error_code> ByteStream::handshake(ssl::context& context, std::string host) {
    auto& tls = impl_->tls.emplace(impl_->socket, context);
    error_code notAnAddress;
    asio::ip::make_address(host, notAnAddress);
    error_code error;
    if (notAnAddress && SSL_set_tlsext_host_name(tls.native_handle(), host.c_str()) != 1)
        co_return asio::error::invalid_argument;
    const ssl::host_name_verification verification(host);
    tls.set_verify_callback(verification, error);
    auto start = [this, &tls](const Resume<Transferred>& resume) {
        tls.async_handshake(ssl::stream_base::client, Ended<Impl>{impl_, resume});
    };
    auto done = kExpired;
    if (!error && impl_->begin()) done = co_await suspend<Transferred, WaitsFor::Loop>(start);
    co_return done.error;
}

std::string ByteStream::certificateProblem() const {
    if (!impl_->tls) return {};
    const auto verdict = SSL_get_verify_result(impl_->tls->native_handle());
    return verdict == X509_V_OK ? "" : X509_verify_cert_error_string(verdict);
}

Async<Transferred> ByteStream::readSome(asio::mutable_buffer space) {
    auto start = [this, space](const Resume<Transferred>& resume) {
        const Ended<Impl> ended{impl_, resume};
        if (impl_->tls) {
            impl_->tls->async_read_some(space, ended);
        } else {
            impl_->socket.async_read_some(space, ended);
        }
    };
    auto done = kExpired;
    if (impl_->begin()) done = co_await suspend<Transferred, WaitsFor::Loop>(start);
    co_return done;
}

Async<error_code> ByteStream::write(std::string_view head, std::string_view body) {
    std::array<asio::const_buffer, 2> rest{asio::buffer(head), asio::buffer(body)};
    auto start = [this, &rest](const Resume<Transferred>& resume) {
        const Ended<Impl> ended{impl_, resume};
        if (impl_->tls) {
            impl_->tls->async_write_some(rest, ended);
        } else {
            impl_->socket.async_write_some(rest, ended);
        }
    };
    auto done = Transferred{};
    while (!done.error && asio::buffer_size(rest) != 0) {
        done = kExpired;
        if (impl_->begin()) done = co_await suspend<Transferred, WaitsFor::Loop>(start);
        const auto ofHead = std::min(done.bytes, rest[0].size());
        rest[0] += ofHead;
        rest[1] += done.bytes - ofHead;
    }
    co_return done.error;
}

}  // namespace pegasus::iri
