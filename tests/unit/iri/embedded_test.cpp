// SPDX-License-Identifier: Apache-2.0
// The same tests on the embedded tangle in the process, and on it through server and client.
#include "crypto/random.hpp"
#include "iri/client.hpp"
#include "iri/schema.hpp"
#include "ledger/bundles.hpp"
#include "node/embedded_ledger.hpp"
#include "pow/nonce_search.hpp"
#include "rig.hpp"
#include "support/test_loop.hpp"

namespace pegasus::iri {
namespace {

using ledger::Ledger;
using model::AttachedTransaction;
using model::Hash;

enum class Way : std::uint8_t { InProcess, OverHttp };

/// A private network with weight 1 and no milestone but those of the test.
class AnyLedger : public testing::TestWithParam<Way> {
protected:
    void SetUp() override {
        auto vault = keys::MachineVault::open(directory_.path() / "machine.key", random_);
        ASSERT_TRUE(vault);
        vault_ = std::make_unique<keys::MachineVault>(std::move(*vault));
        node::NodeOptions options;
        options.database = directory_.path() / "tangle.db";
        options.minWeightMagnitude = 1;
        options.milestoneInterval = options.heartbeat = 24h;
        const node::NodeServices services{runner_.loop, runner_.loop.pool(), runner_.loop.clock(), random_, *vault_};
        auto opened = runner_.call([&] { return node::EmbeddedLedger::open(options, services); });
        ASSERT_TRUE(opened) << opened.error().message;
        embedded_ = std::move(*opened);
        ledger_ = embedded_.get();
        if (GetParam() == Way::OverHttp) connect();
    }
    void TearDown() override { EXPECT_TRUE(runner_.stop()); }

    void connect() {
        ServerOptions serving;
        serving.binds = {BindAddress{"127.0.0.1", 0}};
        server_ = std::make_unique<Server>(runner_.loop.context(), *embedded_, runner_.loop, runner_.loop.pool(),
                                           runner_.loop.clock(), serving);
        ASSERT_TRUE(runner_.call([&] { return server_->start(); }));
        store::DatabaseOptions place;
        place.path = directory_.path() / "state.db";
        database_ = std::move(*store::Database::open(place, {kSchema}));
        ClientOptions options;
        options.urls = {"http://127.0.0.1:" + std::to_string(runner_.call([&] { return server_->ports().front(); }))};
        options.minWeightMagnitude = 1;
        auto made = runner_.call([&] {
            return RemoteLedger::create(runner_.loop.context(), runner_.loop, runner_.loop.pool(),
                                        runner_.loop.clock(), *database_, options);
        });
        ASSERT_TRUE(made);
        remote_ = std::move(*made);
        ledger_ = remote_.get();
    }
    template <class Make>
    auto run(Make make) {
        return runner_.await([this, &make] { return make(*ledger_); });
    }
    void milestone() {
        const auto issued = runner_.await([this] { return embedded_->issueMilestone(); });
        ASSERT_TRUE(issued) << issued.error().message;
    }
    /// Attached to two tips, tail first.
    static std::vector<AttachedTransaction> attach(std::vector<model::Transaction> transactions, const ledger::Tips& tips) {
        const auto search = [](const model::TransactionTrytes& trytes) -> Result<model::Nonce> {
            return model::Nonce::parse(pow::searchNonce(trytes.view(), 1, {})->nonce);
        };
        const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
        return *model::attachBundle(std::move(transactions), tips.trunk, tips.branch, now, search);
    }
    static std::vector<model::Transaction> plain(std::size_t count, std::int64_t timestamp) {
        model::BundlePlan plan;
        plan.timestamp = timestamp;
        model::Output output;
        output.address = *model::Address::parse(std::string(80, 'M') + "9");
        output.tag = *model::Tag::parse("MANY" + std::string(23, '9'));
        plan.outputs.assign(count, output);
        return model::buildBundle(plan)->transactions;
    }

private:
    test::TempDir directory_;
    crypto::SystemRandom random_;
    std::unique_ptr<keys::MachineVault> vault_;
    std::unique_ptr<node::EmbeddedLedger> embedded_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<RemoteLedger> remote_;
    Ledger* ledger_ = nullptr;
    LoopThread runner_;
};

TEST_P(AnyLedger, IsReadyFromTheStart) {
    const auto status = run([](Ledger& l) { return l.status(); });
    EXPECT_EQ(status.state, ledger::LedgerState::Ready) << status.detail;
    EXPECT_EQ(status.appName, "pegasusd");
    EXPECT_TRUE(status.faucet);
}

TEST_P(AnyLedger, KeepsThousandsOfTransactions) {
    constexpr std::size_t kBundles = 1000;
    constexpr std::size_t kLength = 3;
    auto tips = run([](Ledger& l) { return l.tipsToApprove(3); }).value();
    std::vector<model::TransactionTrytes> part;
    std::vector<Hash> tails;
    for (std::size_t i = 0; i < kBundles; ++i) {
        const auto attached = attach(plain(kLength, 1'600'000'000 + static_cast<std::int64_t>(i)), tips);
        tips.branch = tips.trunk;
        tips.trunk = attached[0].hash;
        tails.push_back(attached[0].hash);
        for (const auto& one : attached) part.push_back(one.trytes);
        if (part.size() < 300) continue;
        const auto sent = run([&](Ledger& l) { return l.broadcast(std::exchange(part, {})); });
        ASSERT_TRUE(sent) << sent.error().message;
    }
    ledger::TransactionQuery query;
    query.tags = {*model::Tag::parse("MANY" + std::string(23, '9'))};
    auto found = run([&](Ledger& l) { return l.find(query); });
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), kBundles * kLength - part.size());
    const auto fetched = run([&](Ledger& l) { return ledger::fetchTransactions(l, *found); });
    ASSERT_TRUE(fetched) << fetched.error().message;
    for (std::size_t i = 0; i < found->size(); ++i) EXPECT_EQ(fetched->at(i)->hash, found->at(i));

    tails.resize(kBundles - part.size() / kLength);
    milestone();
    const auto included = run([&](Ledger& l) { return ledger::fetchInclusion(l, tails); });
    ASSERT_TRUE(included) << included.error().message;
    EXPECT_EQ(std::count(included->begin(), included->end(), true), static_cast<std::ptrdiff_t>(tails.size()));
}

TEST_P(AnyLedger, PaysFromItsFaucet) {
    const auto address = *model::Address::parse(std::string(80, 'F') + "9");
    const auto grant = run([&](Ledger& l) { return l.requestFunds(address, "127.0.0.1"); });
    ASSERT_TRUE(grant) << grant.error().message;
    EXPECT_GT(grant->amount.count(), 0);
    milestone();
    std::vector<model::Address> asked{address};
    const auto balances = run([&](Ledger& l) { return l.balances(asked); });
    ASSERT_TRUE(balances) << balances.error().message;
    EXPECT_EQ(balances->balances.at(0), grant->amount);
    EXPECT_FALSE(run([&](Ledger& l) { return l.spentFrom(asked); }).value().at(0));
}

TEST_P(AnyLedger, RefusesWhatBreaksItsRules) {
    const auto codeOf = [](const auto& result) { return result ? ErrorCode::Internal : result.error().code; };
    const Hash unknown = *Hash::parse(std::string(81, 'Q'));
    EXPECT_EQ(codeOf(run([&](Ledger& l) { return l.tipsToApprove(3, unknown); })), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(run([&](Ledger& l) { return l.tipsToApprove(16); })), ErrorCode::InvalidArgument);
    const auto tips = run([](Ledger& l) { return l.tipsToApprove(3); }).value();
    const auto attached = attach(plain(1, 1'600'000'000), tips);
    auto text = attached[0].trytes.str();
    text.replace(2619, 9, "MMMMMMMMM");  // attachment timestamp: the year 2090
    text.replace(2646, 27, pow::searchNonce(text, 1, {})->nonce);
    std::vector<model::TransactionTrytes> list{*model::TransactionTrytes::parse(text)};
    EXPECT_EQ(codeOf(run([&](Ledger& l) { return l.broadcast(list); })), ErrorCode::InvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Both, AnyLedger, testing::Values(Way::InProcess, Way::OverHttp),
                         [](const auto& way) { return way.param == Way::InProcess ? "InProcess" : "OverHttp"; });

}  // namespace
}  // namespace pegasus::iri
