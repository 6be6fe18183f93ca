// SPDX-License-Identifier: Apache-2.0
// Reads HTTP messages from a byte stream.
#include "iri/http_read.hpp"

#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/error.hpp>

namespace pegasus::iri {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::flat_buffer;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadAtOnce = 64 * 1024;

template <bool isRequest>
bool reached(const http::basic_parser<isRequest>& parser, ReadUntil until) {
    return parser.is_done() || (until == ReadUntil::Header && parser.is_header_done());
}

/// Parses what is there; no error if that is not enough yet.
template <bool isRequest>
error_code parse(flat_buffer& buffer, http::basic_parser<isRequest>& parser, ReadUntil until) {
    error_code error;
    while (!error && buffer.size() != 0 && !reached(parser, until))
        buffer.consume(parser.put(buffer.cdata(), error));
    return error == http::error::need_more ? error_code() : error;
}

template <bool isRequest>
error_code atEnd(http::basic_parser<isRequest>& parser) {
    if (!parser.got_some()) return http::error::end_of_stream;
    error_code error;
    parser.put_eof(error);
    return error;
}

}  // namespace

template <bool isRequest>
Async<error_code> readHttp(ByteStream& stream, flat_buffer& buffer, http::basic_parser<isRequest>& parser,
                           ReadUntil until) {
    parser.eager(until == ReadUntil::End);
    auto error = parse(buffer, parser, until);
    while (!error && !reached(parser, until)) {
        const auto room = boost::beast::read_size(buffer, kReadAtOnce);
        if (room == 0) co_return http::error::buffer_overflow;
        const auto space = buffer.prepare(room);
        const auto read = co_await stream.readSome(space);
        buffer.commit(read.bytes);
        if (read.error == asio::error::eof) {
            error = atEnd(parser);
        } else {
            error = read.error ? read.error : parse(buffer, parser, until);
        }
    }
    co_return error;
}

template Async<error_code> readHttp<true>(ByteStream&, flat_buffer&, http::basic_parser<true>&, ReadUntil);
template Async<error_code> readHttp<false>(ByteStream&, flat_buffer&, http::basic_parser<false>&, ReadUntil);

}  // namespace pegasus::iri
