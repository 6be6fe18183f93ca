// SPDX-License-Identifier: Apache-2.0
// One connection to a node's HTTP API from a chosen loopback address, so that several peers live on one machine.
#pragma once

#include <boost/asio.hpp>
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "iri/codec.hpp"

namespace pegasus::attack {

namespace asio = boost::asio;

/// Blocking; throws on a connection that breaks.
class ApiClient {
  public:
    ApiClient(std::uint16_t port, const std::string& from) : socket_(io_) {
        socket_.open(asio::ip::tcp::v4());
        socket_.bind({asio::ip::make_address(from), 0});
        socket_.connect({asio::ip::make_address("127.0.0.1"), port});
        socket_.set_option(asio::ip::tcp::no_delay(true));
    }

    struct Answer {
        int status = 0;
        std::string body;
    };
    Answer call(const iri::Request& request) {
        const auto body = iri::encodeRequest(request);
        asio::write(socket_, asio::buffer(fmt::format(
                                 "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-IOTA-API-Version: 1\r\n"
                                 "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                                 body.size(), body)));
        const auto head = asio::read_until(socket_, buffer_, "\r\n\r\n");
        const auto header = take(head);
        const auto length = std::stoul(field(header, "content-length: "));
        if (buffer_.size() < length) asio::read(socket_, buffer_, asio::transfer_exactly(length - buffer_.size()));
        return {std::stoi(header.substr(header.find(' ') + 1)), take(length)};
    }
    template <class A>
    A ask(const iri::Request& request) {
        const auto answer = call(request);
        auto decoded = iri::decodeAnswer<A>(answer.body, {.bodyLength = 10'000'000, .listLength = 100'000});
        if (answer.status != 200 || !decoded)
            throw std::runtime_error(fmt::format("status {}: {}", answer.status, answer.body.substr(0, 200)));
        return *std::move(decoded);
    }

  private:
    std::string take(std::size_t size) {
        std::string text(asio::buffers_begin(buffer_.data()),
                         asio::buffers_begin(buffer_.data()) + static_cast<std::ptrdiff_t>(size));
        buffer_.consume(size);
        return text;
    }
    static std::string field(std::string header, std::string_view name) {
        for (auto& c : header) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        const auto at = header.find(name);
        if (at == std::string::npos) throw std::runtime_error("an answer without a length");
        return header.substr(at + name.size(), header.find('\r', at) - at - name.size());
    }

    asio::io_context io_;
    asio::ip::tcp::socket socket_;
    asio::streambuf buffer_;
};

}  // namespace pegasus::attack
