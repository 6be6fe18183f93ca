// SPDX-License-Identifier: Apache-2.0
// POST of JSON over HTTP or HTTPS with kept connections and absolute time limits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/async.hpp"
#include "base/time.hpp"
#include "iri/url.hpp"

namespace pegasus::iri {

struct HttpClientOptions {
    std::filesystem::path caFile;  ///< PEM, trusted besides the system's authorities; empty: none
    Duration connectTime = 5s;
    std::size_t maxParallel = 16;  ///< to one URL; more wait
    std::size_t maxIdle = 4;       ///< to one URL
};

struct HttpAnswer {
    int status = 0;
    std::string location;  ///< where a redirect points to
    std::string body;
};

struct HttpCall {
    std::string body;
    std::size_t maxAnswer = 0;  ///< bytes of the answer's body
    Duration limit{0};          ///< for all of it
    /// If false it is never sent twice: a fresh connection, no repetition.
    bool repeatable = true;
};

/// Loop thread only; outlives its calls.
class HttpClient {
public:
    /// Config: the CA file cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<HttpClient>> create(boost::asio::io_context& context,
                                                                    HttpClientOptions options);
    ~HttpClient();

    /// Any HTTP status is an answer. Unreachable: no connection, it broke, or the certificate is not accepted;
    /// Timeout; LimitExceeded: the answer is too long; Corrupt: not HTTP; Cancelled: after stop().
    [[nodiscard]] Task<HttpAnswer> post(Url url, HttpCall call);
    /// Breaks off what is under way and refuses more.
    void stop();

private:
    class Impl;
    explicit HttpClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace pegasus::iri
