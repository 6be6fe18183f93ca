// SPDX-License-Identifier: Apache-2.0
// Two gateways over one fake ledger: real wallets, databases, vaults; a stream service that publishes what the test says.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>

#include "keys/machine_vault.hpp"
#include "keys/schema.hpp"
#include "ledger/attacher.hpp"
#include "ledger/fake_ledger.hpp"
#include "mam/channel.hpp"
#include "mam/transport.hpp"
#include "market/buyer.hpp"
#include "market/schema.hpp"
#include "market/seller.hpp"
#include "model/text.hpp"
#include "stream/stream_service.hpp"
#include "support/test_loop.hpp"
#include "wallet/schema.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::market {

inline const std::string kPassword = "correct horse";

/// One MAM channel for each stream; its state outlives the gateway.
struct ChannelSource {
    stream::StreamSpec spec;
    std::uint64_t epoch = 1;
    stream::Source source;  ///< live
    mam::ChannelState state{.security = crypto::SecurityLevel::One};
    [[nodiscard]] mam::ChannelKeys keys() const {
        test::FakeRandom random(1000 + epoch);
        auto seed = crypto::Seed::generate(random);
        return {std::move(seed), mam::SideKey::generate(random)};
    }
};

class FakeStreams final : public stream::StreamService {
public:
    explicit FakeStreams(std::map<std::string, ChannelSource>& sources) : sources_(sources) {}
    Task<void> start() override { co_return Result<void>(); }
    Task<void> add(stream::StreamSpec) override { co_return Result<void>(); }
    Task<void> pause(std::string) override { co_return Result<void>(); }
    Task<void> resume(std::string) override { co_return Result<void>(); }
    Task<void> flush() override { co_return Result<void>(); }
    Task<void> remove(std::string id) override {
        sources_.erase(id);
        changed.notify(id);
        co_return Result<void>();
    }
    Task<void> setTerms(stream::StreamSpec spec) override {
        sources_.at(spec.id).spec = spec;
        changed.notify(spec.id);
        co_return Result<void>();
    }
    [[nodiscard]] std::vector<stream::StreamInfo> list() const override {
        std::vector<stream::StreamInfo> all;
        for (const auto& [id, source] : sources_) all.push_back(*info(id));
        return all;
    }
    [[nodiscard]] Result<stream::StreamInfo> info(const std::string& id) const override {
        const auto it = sources_.find(id);
        if (it == sources_.end()) return fail(ErrorCode::NotFound, "no stream '{}'", id);
        stream::StreamInfo info;
        info.spec = it->second.spec;
        info.epoch = it->second.epoch;
        info.source = it->second.source;
        return info;
    }
    Task<stream::Access> access(std::string id) override {
        const auto it = sources_.find(id);
        if (it == sources_.end()) co_return fail(ErrorCode::NotFound, "no stream '{}'", id);
        const auto keys = it->second.keys();
        const auto trees = mam::buildTrees(keys.seed, it->second.state);
        stream::Access access;
        access.root = trees->root();
        access.sideKey = SecretBytes::fromText(keys.sideKey.trytes());
        access.epoch = it->second.epoch;
        co_return access;
    }
    Task<std::size_t> onWalletRestored() override { co_return std::size_t{0}; }

private:
    std::map<std::string, ChannelSource>& sources_;
};

/// The loop of the present life of the programs; what outlives them (the ledger) holds this.
class Relay final : public Scheduler, public Clock {
public:
    Task<void> sleep(Duration duration) override { co_return co_await loop->sleep(duration); }
    void spawn(std::string name, Async<void> task) override { loop->spawn(std::move(name), std::move(task)); }
    void post(std::function<void()> function) override { loop->post(std::move(function)); }
    [[nodiscard]] bool stopping() const override { return loop->stopping(); }
    [[nodiscard]] Timestamp now() const override { return loop->clock.now(); }
    [[nodiscard]] SteadyTime steady() const override { return loop->clock.steady(); }

    std::unique_ptr<test::TestLoop> loop = std::make_unique<test::TestLoop>();
};

/// One gateway, from its state folder.
class Gateway {
public:
    Gateway(Relay& relay, ledger::FakeLedger& ledger, std::filesystem::path folder, std::uint64_t seed,
            std::map<std::string, ChannelSource>& sources, SellerOptions sellerOptions = {}, BuyerOptions buyerOptions = {})
        : relay_(relay), random_(seed + lives_++ * 7919), streams(sources) {
        std::filesystem::create_directories(folder);
        static const std::string schema =
            std::string(keys::kSchema) + std::string(wallet::kSchema) + std::string(wallet::kTaken) +
            std::string(wallet::kHistoryByTransfer) + std::string(kSchema) + std::string(kSales) + std::string(kOfferAge) + std::string(kPaymentIndexes);
        database = store::Database::open({.path = folder / "state.db"}, {schema}).value();
        vault = std::make_unique<keys::MachineVault>(keys::MachineVault::open(folder / "key", random_).value());
        auto& loop = *relay.loop;
        wallet::WalletOptions options;
        options.readyAddresses = 4;
        options.scryptLogN = 10;
        options.security = crypto::SecurityLevel::One;
        wallet::WalletServices walletServices{loop, loop.pool, loop.clock, random_, *database, ledger};
        wallet = loop.run(wallet::Wallet::open(walletServices, options)).value();
        wallet->start();
        auto ready = wallet->status().exists ? loop.run(wallet->unlock(SecretBytes::fromText(kPassword)))
                                             : loop.run(wallet->create(SecretBytes::fromText(kPassword)));
        EXPECT_TRUE(ready) << (ready ? "" : ready.error().message);
        const MarketServices services{loop, loop.pool, loop.clock, random_, ledger, *database, *vault, *wallet};
        seller = Seller::create(services, streams, sellerOptions);
        buyer = Buyer::create(services, buyerOptions);
        EXPECT_TRUE(loop.run(seller->start()));
        EXPECT_TRUE(loop.run(buyer->start()));
    }

private:
    Relay& relay_;
    static inline std::uint64_t lives_ = 0;  // random numbers do not repeat after a restart
    test::FakeRandom random_;

public:
    FakeStreams streams;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<keys::MachineVault> vault;
    std::unique_ptr<wallet::Wallet> wallet;
    std::unique_ptr<Seller> seller;
    std::unique_ptr<Buyer> buyer;
};

/// A seller with one stream "roof" at 250 i, and a buyer with 1000 i.
class Sale : public testing::Test {
protected:
    Sale() {
        ChannelSource source;
        source.spec = {.id = "roof", .name = "Roof", .sensor = "s", .quantity = "temperature", .description = "air",
                       .latitude = 45.5, .longitude = 9.25, .price = Iotas(250)};
        sources_.emplace("roof", source);
        openSeller();
        openBuyer();
        fundBuyer(1000);
    }
    ~Sale() override { end(); }

    void openSeller() { seller_ = std::make_unique<Gateway>(relay_, ledger_, dir_.path() / "seller", 1, sources_, sellerOptions_); }
    void openBuyer() { buyer_ = std::make_unique<Gateway>(relay_, ledger_, dir_.path() / "buyer", 2, none_, SellerOptions(), buyerOptions_); }
    void end() {
        relay_.loop->stop();
        seller_.reset();
        buyer_.reset();
    }
    /// A ledger that forgets soon, so that a test need not run for days.
    void hurry() {
        end();
        relay_.loop = std::make_unique<test::TestLoop>();
        sellerOptions_.retention = std::chrono::minutes(20);
        sellerOptions_.grace = std::chrono::minutes(5);
        openSeller();
        openBuyer();
    }
    /// Both programs end and start again, from what is on disk.
    void restart() {
        const auto time = relay_.loop->clock.now();
        end();
        auto next = std::make_unique<test::TestLoop>();
        next->clock.advance(std::chrono::duration_cast<Duration>(time - next->clock.now()));
        relay_.loop = std::move(next);
        openSeller();
        openBuyer();
    }
    void fundBuyer(std::int64_t amount) {
        ledger_.fund(run(buyer_->wallet->receiveAddress()), Iotas(amount));
        (void)run(buyer_->wallet->refreshBalance());
    }

    template <class T>
    T run(Task<T> task) {
        auto result = relay_.loop->run(std::move(task));
        if (!result) throw std::runtime_error(result.error().message);
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }
    template <class T>
    ErrorCode refused(Task<T> task) {
        const auto result = relay_.loop->run(std::move(task));
        return result ? ErrorCode::Internal : result.error().code;
    }
    void pass(Duration time = std::chrono::seconds(1)) { relay_.loop->runFor(time); }
    /// Lets all happen that can, and milestones confirm it.
    void settle(int rounds = 6) {
        for (int i = 0; i < rounds; ++i) {
            pass();
            ledger_.milestone();
        }
        pass();
    }
    void announce() {
        run(seller_->seller->announce("roof"));
        settle(2);
        run(buyer_->buyer->discover());
    }
    [[nodiscard]] Offer offer() {
        const auto offers = buyer_->buyer->offers();
        if (offers.size() != 1) throw std::runtime_error("expected one offer, got " + std::to_string(offers.size()));
        return offers.front();
    }
    OrderId buyAgain() {
        BuyOptions options;
        options.again = true;
        return run(buyer_->buyer->buy(offer().id, options));
    }
    OrderId buy() { return run(buyer_->buyer->buy(offer().id, BuyOptions())); }
    [[nodiscard]] Order order(const OrderId& id) { return buyer_->buyer->order(id).value(); }

    /// The stream publishes a message.
    void publish(const std::string& text, const std::string& id = "roof") {
        auto& source = sources_.at(id);
        const auto keys = source.keys();
        const auto trees = mam::buildTrees(keys.seed, source.state).value();
        const auto message = mam::createMessage(keys, source.state, trees, model::trytesFromText(text).value()).value();
        source.state = mam::advanced(source.state);
        attach({message.address, Iotas(0), {}, message.payload});
    }
    /// No good reading has come to the stream for so long.
    void fallSilent(Duration without, const std::string& id = "roof") {
        auto& source = sources_.at(id).source;
        source.state = stream::SourceState::Silent;
        source.problem = "no good reading comes: gone";
        source.without = without;
        seller_->streams.sourceChanged.notify(id);
    }
    void comeBack(const std::string& id = "roof") {
        sources_.at(id).source = stream::Source();
        seller_->streams.sourceChanged.notify(id);
    }
    [[nodiscard]] ListingInfo listing(const std::string& id = "roof") {
        for (const auto& one : seller_->seller->listings())
            if (one.streamId == id) return one;
        return {};
    }
    /// Anybody's zero-value bundle.
    void attach(model::Output output) {
        model::BundlePlan plan;
        plan.outputs.push_back(std::move(output));
        plan.timestamp = toSeconds(relay_.now()) + extra_++;
        attachTransactions(model::buildBundle(plan).value().transactions);
    }
    void attachTransactions(std::vector<model::Transaction> transactions) {
        ledger::Attacher attacher(ledger_, relay_.loop->pool, relay_.loop->clock);
        (void)run(attacher.attach(std::move(transactions)));
    }
    [[nodiscard]] std::vector<std::string> received(const SubscriptionId& id) {
        std::vector<std::string> texts;
        for (const auto& message : run(buyer_->buyer->history(id, 1000, 0)).messages) texts.push_back(message.payload);
        return texts;
    }
    [[nodiscard]] std::vector<Payment> payments() { return run(seller_->seller->payments(100, std::nullopt)); }
    /// Distinct bundles that reached an address, oldest first.
    [[nodiscard]] std::size_t bundlesAt(const Address& address) {
        ledger::TransactionQuery query;
        query.addresses.push_back(address);
        std::set<Hash> bundles;
        for (const auto& t : run(ledger_.transactions(run(ledger_.find(query))))) bundles.insert(t->transaction.bundle);
        return bundles.size();
    }

    test::TempDir dir_;
    Relay relay_;
    ledger::FakeLedger ledger_{relay_, relay_};
    std::map<std::string, ChannelSource> sources_, none_;
    SellerOptions sellerOptions_;
    BuyerOptions buyerOptions_;
    std::int64_t extra_ = 0;
    std::unique_ptr<Gateway> seller_, buyer_;
};

}  // namespace pegasus::market
