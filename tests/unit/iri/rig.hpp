// SPDX-License-Identifier: Apache-2.0
// A loop in a thread of its own with a fake ledger, and a blocking HTTP client to talk to its server.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "iri/server.hpp"
#include "ledger/fake_ledger.hpp"
#include "loop/loop.hpp"
#include "model/bundle.hpp"

namespace pegasus::iri {

/// Runs functions and tasks on a loop thread. Real time: these tests are about sockets.
class LoopThread {
public:
    LoopThread() : thread_([this] { ended_ = loop.run(); }) {}
    ~LoopThread() { stop(); }
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;

    /// Ends the loop; true if every task ended.
    bool stop() {
        if (thread_.joinable()) {
            loop.post([this] { loop.stop(); });
            thread_.join();
        }
        return ended_;
    }
    /// `function()` on the loop thread.
    template <class F>
    auto call(F function) {
        using R = decltype(function());
        std::promise<R> promise;
        auto future = promise.get_future();
        loop.post([&promise, &function] {
            if constexpr (std::is_void_v<R>) {
                function();
                promise.set_value();
            } else {
                promise.set_value(function());
            }
        });
        return future.get();
    }
    /// The outcome of the task that `make()` returns.
    template <class Make>
    auto await(Make make) {
        using R = typename decltype(make())::value_type;
        std::promise<R> promise;
        auto future = promise.get_future();
        loop.post([this, &promise, &make] { loop.spawn("test", settle<R>(make(), promise)); });
        return future.get();
    }

    loop::Loop loop{1};

private:
    template <class R>
    static Async<void> settle(Async<R> task, std::promise<R>& promise) {
        auto value = co_await std::move(task);
        promise.set_value(std::move(value));
    }

    bool ended_ = false;
    std::thread thread_;
};

/// A server over a fake ledger on a free port of 127.0.0.1.
class ServerRig {
public:
    explicit ServerRig(ServerOptions options = {}) : fake(runner.loop, runner.loop.clock()) {
        options.binds = {BindAddress{"127.0.0.1", 0}};
        options.appVersion = "0.1.0";
        server = std::make_unique<Server>(runner.loop.context(), fake, runner.loop, runner.loop.pool(),
                                          runner.loop.clock(), std::move(options));
        const auto started = runner.call([this] { return server->start(); });
        if (!started) throw std::runtime_error(started.error().message);
        port = runner.call([this] { return server->ports().front(); });
    }
    ~ServerRig() { runner.stop(); }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port); }

    LoopThread runner;
    ledger::FakeLedger fake;
    std::unique_ptr<Server> server;
    std::uint16_t port = 0;
};

struct RawAnswer {
    int status = 0;  ///< 0: the connection was closed without an answer
    std::string head;
    std::string body;
};

/// A blocking connection that sends whatever it is told to.
class RawClient {
public:
    /// `host`: the last number of the loopback address that it comes from.
    explicit RawClient(std::uint16_t port, std::uint32_t host = 1) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl((127U << 24U) + host);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) throw std::runtime_error("cannot bind");
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval limit{5, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect");
    }
    ~RawClient() { ::close(fd_); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// False once the other side has closed.
    bool send(std::string_view text) {
        while (!text.empty()) {
            const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }
    RawAnswer receive() {
        RawAnswer answer;
        while (pending_.find("\r\n\r\n") == std::string::npos)
            if (!fill()) return answer;
        const auto end = pending_.find("\r\n\r\n") + 4;
        answer.head = pending_.substr(0, end);
        pending_.erase(0, end);
        const auto length = lengthIn(answer.head);
        while (pending_.size() < length)
            if (!fill()) return answer;
        answer.body = pending_.substr(0, length);
        pending_.erase(0, length);
        answer.status = std::stoi(answer.head.substr(9, 3));
        return answer;
    }
    /// True if the other side closes within the time limit of the socket.
    bool closed() {
        char byte = 0;
        const auto n = ::recv(fd_, &byte, 1, 0);
        return n == 0 || (n < 0 && errno != EAGAIN);
    }

private:
    bool fill() {
        char buffer[65536];
        const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
        if (n > 0) pending_.append(buffer, static_cast<std::size_t>(n));
        return n > 0;
    }
    static std::size_t lengthIn(const std::string& head) {
        const auto at = head.find("Content-Length: ");
        return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    }

    int fd_;
    std::string pending_;
};

inline std::string post(std::string_view body, std::string_view headers = "X-IOTA-API-Version: 1\r\n") {
    return fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}",
                       headers, body.size(), body);
}

/// Waits, not for long, until `condition()`.
template <class F>
bool eventually(F condition) {
    for (int i = 0; i < 200; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

/// The body without its duration, which differs from run to run.
inline std::string withoutDuration(const std::string& body) {
    auto value = boost::json::parse(body);
    auto& object = value.as_object();
    EXPECT_TRUE(object.contains("duration") && object["duration"].is_int64()) << body;
    object.erase("duration");
    return boost::json::serialize(value);
}

inline RawAnswer ask(std::uint16_t port, std::string_view body) {
    RawClient client(port);
    client.send(post(body));
    return client.receive();
}

/// A finalised bundle of `count` zero-value transactions, without attachment.
inline std::vector<model::TransactionTrytes> messageBundle(std::size_t count, char mark = 'M') {
    model::BundlePlan plan;
    plan.timestamp = 1'600'000'000;
    for (std::size_t i = 0; i < count; ++i) {
        model::Output output;
        output.address = *model::Address::parse(std::string(80, mark) + "A");
        output.tag = *model::Tag::parse(std::string(27, 'T'));
        plan.outputs.push_back(output);
    }
    std::vector<model::TransactionTrytes> trytes;
    const auto draft = model::buildBundle(plan);
    for (const auto& transaction : draft->transactions)
        trytes.push_back(model::serialize(transaction));
    return trytes;
}

/// The same, attached to the null hash with weight 1: what a fake ledger takes.
inline std::vector<model::AttachedTransaction> attachedBundle(std::size_t count, char mark = 'M') {
    std::vector<model::Transaction> transactions;
    for (const auto& trytes : messageBundle(count, mark)) transactions.push_back(*model::parseTransaction(trytes));
    const auto search = [](const model::TransactionTrytes& trytes) -> Result<model::Nonce> {
        auto text = trytes.str();
        for (int i = 0;; ++i) {
            text.replace(2646, 3, {trinary::tryteChar(i % 27 - 13), trinary::tryteChar(i / 27 % 27 - 13), 'A'});
            const auto attempt = *model::TransactionTrytes::parse(text);
            if (model::weight(model::transactionHash(attempt)) >= 1) return model::parseTransaction(attempt)->nonce;
        }
    };
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return *model::attachBundle(std::move(transactions), model::Hash(), model::Hash(), now, search);
}

inline std::vector<model::TransactionTrytes> trytesOf(const std::vector<model::AttachedTransaction>& attached) {
    std::vector<model::TransactionTrytes> trytes;
    for (const auto& one : attached) trytes.push_back(one.trytes);
    return trytes;
}

/// True if the server closes well before the client's own limit of 5 s.
inline bool dropsSoon(RawClient& client) {
    const auto begun = std::chrono::steady_clock::now();
    return client.closed() && std::chrono::steady_clock::now() - begun < std::chrono::seconds(2);
}

}  // namespace pegasus::iri
