// SPDX-License-Identifier: Apache-2.0
// Names to addresses.
#include "iri/resolver.hpp"

#include <boost/asio/steady_timer.hpp>
#include <string>
#include <utility>

namespace pegasus::iri {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// A name being looked up. The look-up itself cannot be broken off: who waits for it can.
struct Resolver::LookUp {
    explicit LookUp(asio::io_context& context) : resolver(context), timer(context) {}
    tcp::resolver resolver;
    asio::steady_timer timer;
    bool finished = false;
};

Resolver::Resolver(asio::io_context& context) : io_(context) {}
Resolver::~Resolver() = default;

void Resolver::stop() {
    for (auto& weak : underWay_)
        if (const auto lookUp = weak.lock()) lookUp->timer.cancel();
}

Async<Resolved> Resolver::resolve(const Url& url, RealTime deadline) {
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
    auto lookUp = std::make_shared<LookUp>(io_);
    const auto place = underWay_.insert(underWay_.end(), lookUp);
    auto start = [lookUp, deadline, &url](const Resume<Resolved>& resume) {
        lookUp->timer.expires_at(deadline);
        lookUp->timer.async_wait([lookUp, resume](const error_code&) {
            if (std::exchange(lookUp->finished, true)) return;
            lookUp->resolver.cancel();
            resume(Resolved{asio::error::timed_out, {}});
        });
        lookUp->resolver.async_resolve(
            url.host, std::to_string(url.port),
            [lookUp, resume](const error_code& error, const tcp::resolver::results_type& results) {
                if (std::exchange(lookUp->finished, true)) return;
                lookUp->timer.cancel();
                Resolved outcome;
                outcome.error = error;
                for (const auto& result : results) outcome.endpoints.push_back(result.endpoint());
                resume(std::move(outcome));
            });
    };
    resolved = co_await suspend<Resolved>(start);
    underWay_.erase(place);
    co_return resolved;
}

}  // namespace pegasus::iri
