// SPDX-License-Identifier: Apache-2.0
// The Node object.
#include <algorithm>

#include "bus/names.hpp"
#include "bus/text.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/parts.hpp"
#include "daemon/objects/rows.hpp"
#include "ledger/ledger.hpp"
#include "node_adaptor.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;

/// How often the ledger is asked beside milestones, so that its loss shows.
constexpr Duration kLookEvery = std::chrono::seconds(10);

Task<bus::Dicts> rowsOf(ledger::Ledger& ledger, std::vector<model::Hash> hashes) {
    PEGASUS_CO_TRY(const auto found, co_await ledger.transactions(hashes));
    PEGASUS_CO_TRY(const auto confirmed, co_await ledger.inclusionStates(hashes));
    bus::Dicts rows;
    for (std::size_t i = 0; i < found.size() && i < confirmed.size(); ++i)
        if (found[i]) rows.push_back(rowOf(*found[i], confirmed[i]));
    co_return rows;
}

Task<bus::Dict> showTransaction(ledger::Ledger& ledger, std::string text) {
    PEGASUS_CO_TRY(const auto hash, model::Hash::parse(text));
    std::vector<model::Hash> hashes{hash};
    PEGASUS_CO_TRY(auto rows, co_await rowsOf(ledger, std::move(hashes)));
    if (rows.empty()) co_return fail(ErrorCode::NotFound, "the ledger has no transaction {}", text);
    co_return std::move(rows.front());
}

Task<bus::Dicts> showBundle(ledger::Ledger& ledger, std::string text) {
    PEGASUS_CO_TRY(const auto hash, model::Hash::parse(text));
    ledger::TransactionQuery query;
    query.bundles.push_back(hash);
    PEGASUS_CO_TRY(auto hashes, co_await ledger.find(std::move(query)));
    if (hashes.empty()) co_return fail(ErrorCode::NotFound, "the ledger has no bundle {}", text);
    if (hashes.size() > ledger::kMaxHashesPerCall) hashes.resize(ledger::kMaxHashesPerCall);
    PEGASUS_CO_TRY(auto rows, co_await rowsOf(ledger, std::move(hashes)));
    std::ranges::stable_sort(rows, {}, [](const bus::Dict& row) {
        return std::pair(bus::integerAt(row, "attachment-timestamp"), bus::integerAt(row, "index"));
    });
    co_return rows;
}

Task<std::tuple<std::string, std::uint64_t>> requestFunds(ledger::Ledger& ledger, std::string text, bus::Dict dict) {
    PEGASUS_CO_CHECK(bus::Options(std::move(dict)).done());
    PEGASUS_CO_TRY(const auto address, model::parseAddress(text));
    PEGASUS_CO_TRY(const auto grant, co_await ledger.requestFunds(address, "D-Bus"));
    co_return std::tuple(grant.bundle.str(), static_cast<std::uint64_t>(grant.amount.count()));
}

class NodeObject final : public Exported<io::github::pegasusd::Pegasus1::Node_adaptor>, public Part {
public:
    NodeObject(Desk& desk, ledger::Ledger& ledger) : Exported(desk, bus::kNodePath), ledger_(ledger) {
        registerAdaptor();
        announce();
        milestone_ = ledger_.milestones.add([this](std::int64_t) { look(); });
        desk_.scheduler().spawn("node status", follow(alive_));
    }
    ~NodeObject() override { unregisterAdaptor(); }

private:
    void Info(sdbus::Result<Variants>&& reply) override {
        serve("Info", std::move(reply), [&ledger = ledger_]() -> Task<bus::Dict> {
            const auto status = co_await ledger.status();
            co_return rowOf(status, ledger.minWeightMagnitude());
        });
    }
    void RequestFunds(sdbus::Result<std::string, std::uint64_t>&& reply, std::string address,
                      Variants options) override {
        serve("RequestFunds", std::move(reply),
              [&ledger = ledger_, address = std::move(address),
               options = std::move(options)]() -> Task<std::tuple<std::string, std::uint64_t>> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  co_return co_await requestFunds(ledger, address, std::move(dict));
              });
    }
    void ShowTransaction(sdbus::Result<Variants>&& reply, std::string hash) override {
        serve("ShowTransaction", std::move(reply), [&ledger = ledger_, hash = std::move(hash)]() -> Task<bus::Dict> {
            return showTransaction(ledger, hash);
        });
    }
    void ShowBundle(sdbus::Result<std::vector<Variants>>&& reply, std::string hash) override {
        serve("ShowBundle", std::move(reply), [&ledger = ledger_, hash = std::move(hash)]() -> Task<bus::Dicts> {
            return showBundle(ledger, hash);
        });
    }

    std::string State() override { return nameOf(status_.state); }
    std::string Detail() override { return bus::validUtf8(status_.detail); }
    std::int64_t LatestMilestoneIndex() override { return status_.latestMilestoneIndex; }
    std::uint32_t MinWeightMagnitude() override { return static_cast<std::uint32_t>(ledger_.minWeightMagnitude()); }
    bool Faucet() override { return status_.faucet; }
    bus::Dict changing() override {
        return {{"State", State()}, {"Detail", Detail()}, {"LatestMilestoneIndex", LatestMilestoneIndex()}, {"Faucet", Faucet()}};
    }

    /// One look at a time: milestones may come faster than answers.
    void look() {
        if (std::exchange(looking_, true)) return;
        desk_.scheduler().spawn("node status", lookOnce(alive_));
    }

    Async<void> lookOnce(std::weak_ptr<bool> alive) {
        auto status = co_await ledger_.status();
        if (alive.expired()) co_return;
        looking_ = false;
        status_ = std::move(status);
        tell();
    }

    Async<void> follow(std::weak_ptr<bool> alive) {
        auto& scheduler = desk_.scheduler();
        while (!alive.expired()) {
            look();
            if (!co_await scheduler.sleep(kLookEvery)) co_return;
        }
    }

    ledger::Ledger& ledger_;
    ledger::LedgerStatus status_;
    bool looking_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // tasks ask it whether the object is still there
    Subscription milestone_;
};

}  // namespace

std::unique_ptr<Part> makeNode(Desk& desk, const ApiServices& services) {
    return std::make_unique<NodeObject>(desk, services.ledger);
}

}  // namespace pegasus::daemon
