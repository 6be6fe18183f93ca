// SPDX-License-Identifier: Apache-2.0
// Names to addresses, within a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <list>
#include <memory>

#include "iri/byte_stream.hpp"
#include "iri/url.hpp"

namespace pegasus::iri {

struct Resolved {
    boost::system::error_code error;
    ByteStream::Endpoints endpoints;
};

/// Loop thread; outlives its calls.
class Resolver {
public:
    explicit Resolver(boost::asio::io_context& context);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// The addresses of the host of `url`; timed_out at the deadline and after stop().
    [[nodiscard]] Async<Resolved> resolve(const Url& url, RealTime deadline);
    /// Ends what is under way.
    void stop();

private:
    struct LookUp;

    boost::asio::io_context& io_;
    std::list<std::weak_ptr<LookUp>> underWay_;
};

}  // namespace pegasus::iri
