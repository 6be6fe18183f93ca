// SPDX-License-Identifier: Apache-2.0
// A node that answers whatever a test wants, over HTTP or HTTPS, byte for byte; and certificates made on the spot.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pegasus::iri {

/// A certificate with its key, PEM.
struct Certificate {
    std::string certificate;
    std::string key;
};
/// A self-signed authority.
Certificate makeAuthority();
/// A certificate for `name` ("localhost") or an address ("127.0.0.1") by that authority.
Certificate makeCertificate(const Certificate& authority, const std::string& name, bool isAddress);

/// Answers one request at a time, each connection on a thread of its own.
class ScriptedNode {
public:
    /// Gets the body of a request; gives the raw bytes to send back, or nothing to leave the client waiting. The
    /// connection is kept if the bytes contain "keep" in a header, else closed.
    using Script = std::function<std::optional<std::string>(const std::string& body)>;

    explicit ScriptedNode(Script script, std::optional<Certificate> tls = std::nullopt);
    ~ScriptedNode();
    ScriptedNode(const ScriptedNode&) = delete;
    ScriptedNode& operator=(const ScriptedNode&) = delete;

    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const;
    [[nodiscard]] int requests() const { return requests_; }
    [[nodiscard]] int connections() const { return connections_; }
    /// Of the last request.
    [[nodiscard]] std::string header();

private:
    struct SslContextDeleter {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };

    void accept();
    void serve(int fd);

    Script script_;
    std::unique_ptr<SSL_CTX, SslContextDeleter> tls_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> requests_ = 0;
    std::atomic<int> connections_ = 0;
    std::mutex mutex_;
    std::vector<int> open_;
    std::string header_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// An HTTP answer with a JSON body.
std::string httpAnswer(int status, const std::string& body, const std::string& headers = "");

}  // namespace pegasus::iri
