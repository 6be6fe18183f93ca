// SPDX-License-Identifier: Apache-2.0
// Where the server can be reached, for each way of saying it.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "iri/session.hpp"
#include "rig.hpp"

namespace pegasus::iri {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

bool reaches(const char* address, std::uint16_t port) {
    asio::io_context io;
    tcp::socket socket(io);
    boost::system::error_code error;
    socket.connect(tcp::endpoint(asio::ip::make_address(address), port), error);
    return !error;
}

/// Whether this machine has IPv6 on its loopback interface.
bool hasIpv6() {
    asio::io_context io;
    tcp::acceptor acceptor(io);
    boost::system::error_code error;
    acceptor.open(tcp::v6(), error);
    if (!error) acceptor.bind(tcp::endpoint(asio::ip::address_v6::loopback(), 0), error);
    return !error;
}

std::uint16_t freePort() {
    asio::io_context io;
    return tcp::acceptor(io, tcp::endpoint(tcp::v4(), 0)).local_endpoint().port();
}

/// A server at these addresses, all with the same port.
class Listening {
public:
    explicit Listening(const std::vector<std::string>& addresses, ServerOptions options = {})
        : fake(runner.loop, runner.loop.clock()) {
        options.binds.clear();
        for (const auto& address : addresses) options.binds.push_back({address, port});
        server = std::make_unique<Server>(runner.loop.context(), fake, runner.loop, runner.loop.pool(),
                                          runner.loop.clock(), std::move(options));
        started = runner.call([this] { return server->start(); });
    }
    ~Listening() { runner.stop(); }

    [[nodiscard]] std::string error() const { return started ? "" : started.error().message; }

    std::uint16_t port = freePort();
    LoopThread runner;
    ledger::FakeLedger fake;
    std::unique_ptr<Server> server;
    Result<void> started;
};

TEST(IriListen, EveryAddressIncludesThoseOfIpv4) {
    Listening at({"::"});
    ASSERT_TRUE(at.started) << at.error();
    EXPECT_TRUE(reaches("127.0.0.1", at.port));
    if (hasIpv6()) {
        EXPECT_TRUE(reaches("::1", at.port));
    }
}

TEST(IriListen, AddressesThatIncludeEachOtherStandTogether) {
    const std::vector<std::vector<std::string>> lists{{"0.0.0.0", "::"},   {"::", "0.0.0.0"},          {"127.0.0.1", "::"},
                                                      {"::1", "::"},       {"127.0.0.1", "0.0.0.0"},   {"::", "::"},
                                                      {"127.0.0.1", "127.0.0.1"}};
    for (const auto& list : lists) {
        if (!hasIpv6() && list.front() == "::1") continue;
        Listening at(list);
        ASSERT_TRUE(at.started) << list.front() << ", " << list.back() << ": " << at.error();
        EXPECT_TRUE(reaches("127.0.0.1", at.port)) << list.front() << ", " << list.back();
        EXPECT_EQ(at.server->ports(), std::vector<std::uint16_t>{at.port});
        if (hasIpv6() && list.back() == "::") {
            EXPECT_TRUE(reaches("::1", at.port)) << list.front();
        }
    }
}

TEST(IriListen, OneAddressIsOneAddress) {
    if (!hasIpv6()) GTEST_SKIP() << "this machine has no IPv6";
    Listening six({"::1"});
    ASSERT_TRUE(six.started) << six.error();
    EXPECT_TRUE(reaches("::1", six.port));
    EXPECT_FALSE(reaches("127.0.0.1", six.port));
    Listening four({"0.0.0.0"});
    ASSERT_TRUE(four.started) << four.error();
    EXPECT_TRUE(reaches("127.0.0.1", four.port));
    EXPECT_FALSE(reaches("::1", four.port));
    Listening both({"127.0.0.1", "::1"});
    ASSERT_TRUE(both.started) << both.error();
    EXPECT_TRUE(reaches("127.0.0.1", both.port));
    EXPECT_TRUE(reaches("::1", both.port));
}

TEST(IriListen, APeerOfIpv6IsItsNetworkAndOneOfIpv4ItsAddress) {
    const auto key = [](const char* address) { return peerKey(asio::ip::make_address(address)); };
    EXPECT_EQ(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(key("2001:db8:1:2::1"), "2001:db8:1:2::/64");
    EXPECT_EQ(key("2001:db8:1:3::1"), "2001:db8:1:3::/64");
    EXPECT_EQ(key("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(key("192.0.2.7"), "192.0.2.7");
}

TEST(IriListen, TheFaucetIsToldTheNetworkOfAPeerOfIpv6) {
    if (!hasIpv6()) GTEST_SKIP() << "this machine has no IPv6";
    Listening six({"::1"});
    ASSERT_EQ(six.error(), "");
    asio::io_context io;
    tcp::socket socket(io);
    socket.connect(tcp::endpoint(asio::ip::address_v6::loopback(), six.port));
    asio::write(socket, asio::buffer(post(encodeRequest(FaucetRequest()))));
    std::array<char, 1024> answer{};
    EXPECT_GT(socket.read_some(asio::buffer(answer)), 0U);
    EXPECT_EQ(six.runner.call([&] { return six.fake.fundsPeer; }), "::/64");
}

TEST(IriListen, AnIpv4AddressInTheClothesOfIpv6IsOne) {
    Listening at({"::ffff:127.0.0.1"});
    ASSERT_TRUE(at.started) << at.error();
    EXPECT_TRUE(reaches("127.0.0.1", at.port));
}

TEST(IriListen, APeerOfIpv4IsThatPeerAlsoAtASocketOfBoth) {
    EXPECT_EQ(peerKey(asio::ip::make_address("::ffff:192.0.2.7")), peerKey(asio::ip::make_address("192.0.2.7")));
    EXPECT_NE(peerKey(asio::ip::make_address("::ffff:192.0.2.7")), peerKey(asio::ip::make_address("::ffff:192.0.2.8")));
    EXPECT_EQ(unmapped(asio::ip::make_address("::ffff:127.0.0.1")).to_string(), "127.0.0.1");
    EXPECT_EQ(unmapped(asio::ip::make_address("2001:db8::1")).to_string(), "2001:db8::1");

    Listening trusting({"::"});
    ASSERT_TRUE(trusting.started) << trusting.error();
    EXPECT_EQ(ask(trusting.port, R"({"command":"getNeighbors"})").status, 200) << "loopback is trusted";
    ServerOptions options;
    options.trustLoopback = false;
    options.trustedHosts = {"127.0.0.1"};
    Listening naming({"::"}, options);
    EXPECT_EQ(ask(naming.port, R"({"command":"getNeighbors"})").status, 200) << "and so is a host by its address";
    options.trustedHosts = {"192.0.2.7"};
    Listening strict({"::"}, options);
    EXPECT_EQ(ask(strict.port, R"({"command":"getNeighbors"})").status, 401);
}

TEST(IriListen, SaysWhatIsInTheWay) {
    Listening first({"::"});
    ASSERT_TRUE(first.started) << first.error();
    const auto startAt = [&](const std::string& address, std::uint16_t port) {
        return first.runner.call([&] {
            ServerOptions options;
            options.binds = {BindAddress{address, port}};
            Server other(first.runner.loop.context(), first.fake, first.runner.loop, first.runner.loop.pool(),
                         first.runner.loop.clock(), options);
            const auto started = other.start();
            return started ? std::string() : started.error().message;
        });
    };
    const auto inUse = ": another program has the port, perhaps a second pegasusd";
    for (const auto* address : {"127.0.0.1", "0.0.0.0"})
        EXPECT_EQ(startAt(address, first.port), fmt::format("cannot listen on {}:{}{}", address, first.port, inUse));
    if (hasIpv6()) {
        EXPECT_EQ(startAt("::1", first.port), fmt::format("cannot listen on [::1]:{}{}", first.port, inUse));
    }
    EXPECT_EQ(startAt("192.0.2.1", 14265), "cannot listen on 192.0.2.1:14265: this machine has no such address");
    EXPECT_EQ(startAt("example", 14265), "'example' is not an IPv4 or IPv6 address to listen on");
}

}  // namespace
}  // namespace pegasus::iri
