// SPDX-License-Identifier: Apache-2.0
// A node that answers whatever a test wants.
#include "scripted_node.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace pegasus::iri {

namespace {

template <auto kFree>
struct Deleter {
    template <class T>
    void operator()(T* p) const {
        kFree(p);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

std::string textOf(const Bio& bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Certificate pemOf(X509* certificate, EVP_PKEY* key) {
    const Bio a(BIO_new(BIO_s_mem()));
    const Bio b(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(a.get(), certificate);
    PEM_write_bio_PrivateKey(b.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return {textOf(a), textOf(b)};
}

Bio bioOf(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

void addExtension(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509Ptr blank(const std::string& name, EVP_PKEY* key, long serial) {
    X509Ptr certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_pubkey(certificate.get(), key);
    return certificate;
}

/// Plain or TLS bytes of one accepted connection.
class Wire {
public:
    Wire(int fd, SSL_CTX* tls) : fd_(fd), ssl_(tls != nullptr ? SSL_new(tls) : nullptr) {
        if (ssl_) SSL_set_fd(ssl_.get(), fd);
    }
    bool greet() { return !ssl_ || SSL_accept(ssl_.get()) == 1; }
    long read(char* buffer, int size) {
        return ssl_ ? SSL_read(ssl_.get(), buffer, size) : ::recv(fd_, buffer, static_cast<std::size_t>(size), 0);
    }
    bool write(const std::string& text) {
        std::size_t sent = 0;
        while (sent < text.size()) {
            const auto left = text.size() - sent;
            const long n = ssl_ ? SSL_write(ssl_.get(), text.data() + sent, static_cast<int>(left))
                                : ::send(fd_, text.data() + sent, left, MSG_NOSIGNAL);
            if (n <= 0) return false;
            sent += static_cast<std::size_t>(n);
        }
        return true;
    }

private:
    int fd_;
    std::unique_ptr<SSL, Deleter<SSL_free>> ssl_;
};

}  // namespace

Certificate makeAuthority() {
    const Key key(EVP_EC_gen("P-256"));
    const auto certificate = blank("test authority", key.get(), 1);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    addExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    return pemOf(certificate.get(), key.get());
}

Certificate makeCertificate(const Certificate& authority, const std::string& name, bool isAddress) {
    const X509Ptr issuer(PEM_read_bio_X509(bioOf(authority.certificate).get(), nullptr, nullptr, nullptr));
    const Key issuerKey(PEM_read_bio_PrivateKey(bioOf(authority.key).get(), nullptr, nullptr, nullptr));
    const Key key(EVP_EC_gen("P-256"));
    const auto certificate = blank("node", key.get(), 2);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
    addExtension(certificate.get(), NID_subject_alt_name, (isAddress ? "IP:" : "DNS:") + name);
    X509_sign(certificate.get(), issuerKey.get(), EVP_sha256());
    return pemOf(certificate.get(), key.get());
}

std::string httpAnswer(int status, const std::string& body, const std::string& headers) {
    return fmt::format("HTTP/1.1 {} x\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}", status,
                       headers, body.size(), body);
}

ScriptedNode::ScriptedNode(Script script, std::optional<Certificate> tls) : script_(std::move(script)) {
    if (tls) {
        tls_.reset(SSL_CTX_new(TLS_server_method()));
        const X509Ptr certificate(PEM_read_bio_X509(bioOf(tls->certificate).get(), nullptr, nullptr, nullptr));
        const Key key(PEM_read_bio_PrivateKey(bioOf(tls->key).get(), nullptr, nullptr, nullptr));
        SSL_CTX_use_certificate(tls_.get(), certificate.get());
        SSL_CTX_use_PrivateKey(tls_.get(), key.get());
    }
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0)
        throw std::runtime_error("cannot listen");
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
}

ScriptedNode::~ScriptedNode() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
}

std::string ScriptedNode::url(const std::string& host) const {
    return fmt::format("{}://{}:{}", tls_ ? "https" : "http", host, port_);
}

std::string ScriptedNode::header() {
    const std::lock_guard lock(mutex_);
    return header_;
}

void ScriptedNode::accept() {
    for (;;) {
        const int fd = ::accept(listener_, nullptr, nullptr);
        if (fd < 0) return;
        ++connections_;
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        threads_.emplace_back([this, fd] { serve(fd); });
    }
}

void ScriptedNode::serve(int fd) {
    {
        Wire wire(fd, tls_.get());
        std::string pending;
        char buffer[65536];
        for (bool keep = wire.greet(); keep;) {
            const auto end = pending.find("\r\n\r\n");
            const auto at = pending.find("Content-Length: ");
            const auto length = end == std::string::npos || at == std::string::npos ? 0 : std::stoul(pending.substr(at + 16));
            if (end == std::string::npos || pending.size() < end + 4 + length) {
                const auto n = wire.read(buffer, sizeof buffer);
                if (n <= 0) break;
                pending.append(buffer, static_cast<std::size_t>(n));
                continue;
            }
            const auto body = pending.substr(end + 4, length);
            {
                const std::lock_guard lock(mutex_);
                header_ = pending.substr(0, end);
            }
            pending.erase(0, end + 4 + length);
            ++requests_;
            const auto answer = script_(body);
            if (!answer) continue;  // it waits for ever, or until it gives up
            keep = wire.write(*answer) && answer->find("keep") != std::string::npos;
        }
    }
    const std::lock_guard lock(mutex_);
    std::erase(open_, fd);
    ::close(fd);
}

}  // namespace pegasus::iri
