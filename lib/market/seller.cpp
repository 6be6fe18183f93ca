// SPDX-License-Identifier: Apache-2.0
// Seller: the two desks, the device key, and the task that drives them.
#include "market/seller.hpp"

#include "keys/machine_vault.hpp"
#include "market/listing.hpp"
#include "market/listing_desk.hpp"
#include "market/payment_desk.hpp"
#include "market/pulse.hpp"
#include "stream/stream_service.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::market {

namespace {

constexpr std::string_view kKeyContext = "market device key";

class SellerService final : public Seller {
public:
    SellerService(MarketServices services, stream::StreamService& streams, SellerOptions options)
        : services_(services),
          streams_(streams),
          options_(std::move(options)),
          listings_(services, streams, options_, counters_),
          payments_(services, streams, options_, listings_, counters_),
          pulse_(services.scheduler, options_.poll) {}

    Task<void> start() override {
        PEGASUS_CO_CHECK(co_await loadKey());
        PEGASUS_CO_CHECK(co_await listings_.load(*key_));
        PEGASUS_CO_CHECK(co_await payments_.load(*key_));
        for (const auto& stream : streams_.list()) streamChanged(stream.spec.id);
        subscribe();
        pulse_.start();
        services_.scheduler.spawn("market seller", run());
        co_return Result<void>();
    }

    Task<void> announce(std::string streamId) override {
        PEGASUS_CO_CHECK(started());
        PEGASUS_CO_CHECK(co_await listings_.announce(streamId, false));
        pulse_.kick();
        co_return Result<void>();
    }
    Task<void> changeAddress(std::string streamId) override {
        PEGASUS_CO_CHECK(started());
        PEGASUS_CO_CHECK(co_await listings_.announce(streamId, true));
        pulse_.kick();
        co_return Result<void>();
    }
    Task<void> withdraw(std::string streamId) override {
        PEGASUS_CO_CHECK(started());
        PEGASUS_CO_CHECK(co_await listings_.withdraw(streamId));
        pulse_.kick();
        co_return Result<void>();
    }
    [[nodiscard]] std::vector<ListingInfo> listings() const override { return listings_.infos(); }
    [[nodiscard]] std::vector<HeldAddress> heldAddresses() const override { return listings_.heldAddresses(); }
    [[nodiscard]] Duration grace() const override { return options_.grace; }

    Task<std::vector<Payment>> payments(std::size_t limit, std::optional<Timestamp> before) override {
        co_return co_await payments_.payments(limit, before);
    }
    Task<void> release(Hash paymentBundle) override {
        PEGASUS_CO_CHECK(co_await payments_.release(paymentBundle));
        pulse_.kick();
        co_return Result<void>();
    }
    Task<void> refuse(Hash paymentBundle) override { co_return co_await payments_.refuse(paymentBundle); }
    Task<Iotas> creditTotal() override {
        const auto query = [](store::Connection& db) { return seller_store::creditTotal(db); };
        co_return co_await services_.database.read(query);
    }
    [[nodiscard]] std::string deviceId() const override { return key_ ? deviceIdOf(key_->publicKey()) : std::string(); }
    [[nodiscard]] const SellerCounters& counters() const override { return counters_; }

private:
    [[nodiscard]] Result<void> started() const {
        if (!key_) return fail(ErrorCode::InvalidState, "the seller has not started");
        return {};
    }

    Task<void> loadKey() {
        const auto query = [](store::Connection& db) { return seller_store::deviceKey(db); };
        PEGASUS_CO_TRY(auto sealed, co_await services_.database.read(query));
        if (sealed.empty()) {
            PEGASUS_CO_TRY(const auto fresh, crypto::Ed25519Key::generate(services_.random));
            PEGASUS_CO_TRY(sealed, services_.vault.seal(kKeyContext, fresh.bytes().bytes()));
            const auto put = [sealed](store::Connection& db) { return seller_store::putDeviceKey(db, sealed); };
            PEGASUS_CO_CHECK(co_await services_.database.write(put));
        }
        PEGASUS_CO_TRY(auto secret, services_.vault.unseal(kKeyContext, sealed));
        auto key = crypto::Ed25519Key::fromBytes(std::move(secret));
        if (!key) co_return fail(key.error());
        key_.emplace(std::move(*key));
        co_return Result<void>();
    }

    void subscribe() {
        const auto kick = [this](const auto&...) { pulse_.kick(); };
        subscriptions_.push_back(services_.ledger.milestones.add(kick));
        // What is stored for others costs nothing here.
        subscriptions_.push_back(services_.ledger.stored.add([this](const auto& stored) {
            if (payments_.concerns(stored)) pulse_.kick();
        }));
        subscriptions_.push_back(services_.wallet.transferChanged.add(kick));
        subscriptions_.push_back(streams_.changed.add([this](const std::string& id) { streamChanged(id); }));
        subscriptions_.push_back(streams_.sourceChanged.add([this](const std::string& id) {
            listings_.streamChanged(id);  // unit and interval may be others
            pulse_.kick();
        }));
        subscriptions_.push_back(services_.wallet.restored.add([this](const std::uint64_t&) {
            listings_.walletRestored();
            pulse_.kick();
        }));
        subscriptions_.push_back(listings_.changed.add([this](const std::string& id) { listingChanged.notify(id); }));
        subscriptions_.push_back(payments_.changed.add([this](const Hash& bundle) { paymentChanged.notify(bundle); }));
    }

    void streamChanged(const std::string& id) {
        listings_.streamChanged(id);
        payments_.streamChanged(id);
        pulse_.kick();
    }

    Async<void> run() {
        for (;;) {
            const bool goOn = co_await pulse_.next();
            if (!goOn) co_return;
            if (const auto worked = co_await listings_.work(); !worked) ++counters_.errors;
            if (const auto worked = co_await payments_.work(); !worked) ++counters_.errors;
        }
    }

    MarketServices services_;
    stream::StreamService& streams_;
    SellerOptions options_;
    SellerCounters counters_;
    ListingDesk listings_;
    PaymentDesk payments_;
    Pulse pulse_;
    std::optional<crypto::Ed25519Key> key_;
    std::vector<Subscription> subscriptions_;
};

}  // namespace

std::unique_ptr<Seller> Seller::create(MarketServices services, stream::StreamService& streams, SellerOptions options) {
    return std::make_unique<SellerService>(services, streams, std::move(options));
}

}  // namespace pegasus::market
