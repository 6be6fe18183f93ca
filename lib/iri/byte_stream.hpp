// SPDX-License-Identifier: Apache-2.0
// A connection as a stream of bytes, with TLS or without: one type for both, whose operations are compiled once.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"

namespace boost::asio::ssl {
class context;
}

namespace pegasus::iri {

using RealTime = std::chrono::steady_clock::time_point;  // of sockets: not the test's clock

/// How reading or writing ended. timed_out: the deadline came; the connection is closed then.
struct Transferred {
    boost::system::error_code error;
    std::size_t bytes = 0;
};

/// Loop thread. One operation at a time; while one is under way the object stays.
class ByteStream {
public:
    using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

    explicit ByteStream(boost::asio::io_context& context);
    explicit ByteStream(boost::asio::ip::tcp::socket socket);
    ~ByteStream();
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    /// Bounds what is begun from now on.
    void expiresAt(RealTime deadline);
    void expiresAfter(RealTime::duration time) { expiresAt(std::chrono::steady_clock::now() + time); }
    void expiresNever() { expiresAt(RealTime::max()); }

    /// The first that answers.
    [[nodiscard]] Async<boost::system::error_code> connect(const Endpoints& endpoints);
    /// From now on all is encrypted. `host` is named to the server unless it is an address, and the certificate must be for it.
    [[nodiscard]] Async<boost::system::error_code> handshake(boost::asio::ssl::context& context, std::string host);
    /// After a failed handshake: what is wrong with the certificate, or nothing.
    [[nodiscard]] std::string certificateProblem() const;
    /// At least a byte, or an error (eof: the peer has ended).
    [[nodiscard]] Async<Transferred> readSome(boost::asio::mutable_buffer space);
    /// All of both.
    [[nodiscard]] Async<boost::system::error_code> write(std::string_view head, std::string_view body = {});

    void close();
    [[nodiscard]] boost::asio::ip::tcp::socket& socket();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with what the socket and the timer will call
};

}  // namespace pegasus::iri
