// SPDX-License-Identifier: Apache-2.0
// Reads HTTP messages from a byte stream with Boost.Beast's parser.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "iri/byte_stream.hpp"

namespace pegasus::iri {

enum class ReadUntil : std::uint8_t { Header, End };

/// Feeds `parser` with what `buffer` holds and what comes, until it has the header or all of the message. What comes after
/// that stays in `buffer`. Errors: the connection's; http::error::end_of_stream if it ends before the first byte,
/// partial_message if within a message; what the parser finds.
template <bool isRequest>
[[nodiscard]] Async<boost::system::error_code> readHttp(ByteStream& stream, boost::beast::flat_buffer& buffer,
                                                        boost::beast::http::basic_parser<isRequest>& parser,
                                                        ReadUntil until);
extern template Async<boost::system::error_code> readHttp<true>(ByteStream&, boost::beast::flat_buffer&,
                                                                boost::beast::http::basic_parser<true>&, ReadUntil);
extern template Async<boost::system::error_code> readHttp<false>(ByteStream&, boost::beast::flat_buffer&,
                                                                 boost::beast::http::basic_parser<false>&, ReadUntil);

}  // namespace pegasus::iri
