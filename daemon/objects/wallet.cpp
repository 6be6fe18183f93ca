// SPDX-License-Identifier: Apache-2.0
// The Wallet object.
#include "wallet/wallet.hpp"

#include "bus/names.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/paging.hpp"
#include "daemon/objects/parts.hpp"
#include "daemon/objects/rows.hpp"
#include "daemon/objects/secret_fd.hpp"
#include "market/seller.hpp"
#include "model/text.hpp"
#include "wallet_adaptor.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;
using PaymentRow = sdbus::Struct<std::string, std::uint64_t, std::string, std::string>;

constexpr std::size_t kMaxPayments = 100;
constexpr std::size_t kMaxMessage = 16'384;  // characters of one payment's message

/// What a call needs; copied into its coroutine, since the object may go meanwhile.
struct Tools {
    SecretTools secrets;
    wallet::Wallet& wallet;
    market::Seller& seller;
};

OwnedFd owned(sdbus::UnixFd&& fd) { return OwnedFd(fd.release()); }

Task<void> create(Tools tools, OwnedFd seedOut, OwnedFd passwordFd, bus::Dict options) {
    PEGASUS_CO_CHECK(bus::Options(std::move(options)).done());
    PEGASUS_CO_CHECK(co_await checkSecretOutput(tools.secrets, seedOut));
    PEGASUS_CO_TRY(auto password, co_await readSecret(tools.secrets, std::move(passwordFd)));
    auto again = password.clone();
    PEGASUS_CO_CHECK(co_await tools.wallet.create(std::move(password)));
    PEGASUS_CO_TRY(auto seed, co_await tools.wallet.exportSeed(std::move(again)));
    const auto written = co_await writeSecret(tools.secrets, std::move(seedOut), std::move(seed));
    if (!written)
        co_return fail(ErrorCode::InvalidArgument, "the wallet was made, but its seed could not be handed over ({}): "
                       "export it before anything is paid to it", written.error().message);
    co_return Result<void>();
}

Task<void> restore(Tools tools, OwnedFd seedFd, OwnedFd passwordFd, bus::Dict options) {
    PEGASUS_CO_CHECK(bus::Options(std::move(options)).done());
    PEGASUS_CO_TRY(auto seed, co_await readSecret(tools.secrets, std::move(seedFd)));
    PEGASUS_CO_TRY(auto password, co_await readSecret(tools.secrets, std::move(passwordFd)));
    co_return co_await tools.wallet.restore(std::move(seed), std::move(password));
}

Task<void> unlock(Tools tools, OwnedFd passwordFd) {
    PEGASUS_CO_TRY(auto password, co_await readSecret(tools.secrets, std::move(passwordFd)));
    co_return co_await tools.wallet.unlock(std::move(password));
}

Task<void> exportSeed(Tools tools, OwnedFd seedOut, OwnedFd passwordFd) {
    PEGASUS_CO_TRY(auto password, co_await readSecret(tools.secrets, std::move(passwordFd)));
    PEGASUS_CO_TRY(auto seed, co_await tools.wallet.exportSeed(std::move(password)));
    co_return co_await writeSecret(tools.secrets, std::move(seedOut), std::move(seed));
}

Task<void> changePassword(Tools tools, OwnedFd oldFd, OwnedFd newFd) {
    PEGASUS_CO_TRY(auto before, co_await readSecret(tools.secrets, std::move(oldFd)));
    PEGASUS_CO_TRY(auto after, co_await readSecret(tools.secrets, std::move(newFd)));
    co_return co_await tools.wallet.changePassword(std::move(before), std::move(after));
}

Result<wallet::SendOutput> outputOf(const PaymentRow& row) {
    wallet::SendOutput output;
    PEGASUS_TRY(output.address, model::parseAddress(row.get<0>()));
    if (row.get<1>() > static_cast<std::uint64_t>(model::kSupply))
        return fail(ErrorCode::InvalidArgument, "{} i is more than the supply of {} i", row.get<1>(), model::kSupply);
    output.value = model::Iotas(static_cast<std::int64_t>(row.get<1>()));
    if (row.get<2>().size() > kMaxMessage)
        return fail(ErrorCode::InvalidArgument, "the message has {} bytes, at most {} are allowed",
                    row.get<2>().size(), kMaxMessage);
    PEGASUS_TRY(output.messageTrytes, model::trytesFromText(row.get<2>()));
    PEGASUS_TRY(output.tag, model::Tag::parsePadded(row.get<3>()));
    return output;
}

Result<wallet::SendRequest> requestOf(const std::vector<PaymentRow>& payments, bus::Dict dict) {
    if (payments.empty() || payments.size() > kMaxPayments)
        return fail(ErrorCode::InvalidArgument, "{} payments, expected 1 to {}", payments.size(), kMaxPayments);
    wallet::SendRequest request;
    for (const auto& row : payments) {
        PEGASUS_TRY(auto output, outputOf(row));
        request.outputs.push_back(std::move(output));
    }
    bus::Options options(std::move(dict));
    PEGASUS_TRY(request.label, options.text("label"));
    PEGASUS_TRY(request.reference, options.text("reference"));
    PEGASUS_CHECK(options.done());
    return request;
}

Task<std::string> sendPayments(Tools tools, std::vector<PaymentRow> payments, bus::Dict options) {
    PEGASUS_CO_TRY(auto request, requestOf(payments, std::move(options)));
    PEGASUS_CO_TRY(const auto id, co_await tools.wallet.send(std::move(request)));
    PEGASUS_CO_TRY(const auto transfer, co_await tools.wallet.transfer(id));
    co_return transfer.bundle.str();
}

Task<bus::Page> listTransfers(Tools tools, std::uint32_t limit, std::string cursor) {
    PEGASUS_CO_TRY(const auto from, numberCursor(cursor));
    PEGASUS_CO_TRY(const auto history, co_await tools.wallet.history(pageSize(limit), from));
    bus::Page page;
    for (const auto& entry : history.entries) page.rows.push_back(rowOf(entry));
    if (history.next) page.next = std::to_string(*history.next);
    co_return page;
}

Task<bus::Dicts> listAddresses(Tools tools) {
    PEGASUS_CO_TRY(const auto all, co_await tools.wallet.addresses());
    const std::size_t skip = all.size() > bus::kMaxPage ? all.size() - bus::kMaxPage : 0;
    bus::Dicts rows;
    for (std::size_t i = skip; i < all.size(); ++i) rows.push_back(rowOf(all[i]));
    co_return rows;
}

class WalletObject final : public Exported<io::github::pegasusd::Pegasus1::Wallet_adaptor>, public Part {
public:
    WalletObject(Desk& desk, const ApiServices& services)
        : Exported(desk, bus::kWalletPath), tools_{{services.scheduler, makeSideThreads()}, services.wallet, services.seller},
          changed_(desk.scheduler(), [this] { emit([this] { emitChanged(); }); }),
          compare_(desk.scheduler(), kCompareEvery, [this] { tell(); }) {
        registerAdaptor();
        announce();
        locked_ = tools_.wallet.lockedChanged.add([this](bool) { tell(); });
        restored_ = tools_.wallet.restored.add([this](std::uint64_t) { tell(); });
        balance_ = tools_.wallet.changed.add([this](const wallet::Balance& balance) { follow(balance); });
        history_ = tools_.wallet.historyChanged.add([this](const model::Hash&) { changed_.touch(); });
        transfers_ = tools_.wallet.transferChanged.add([this](wallet::TransferId) { changed_.touch(); });
    }
    ~WalletObject() override { unregisterAdaptor(); }

private:
    void Create(sdbus::Result<>&& reply, sdbus::UnixFd seedOut, sdbus::UnixFd password, Variants options) override {
        serve("Create", std::move(reply), [tools = tools_, out = owned(std::move(seedOut)),
                                           in = owned(std::move(password)),
                                           options = std::move(options)]() mutable -> Task<void> {
            PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
            co_return co_await create(tools, std::move(out), std::move(in), std::move(dict));
        });
    }
    void Restore(sdbus::Result<>&& reply, sdbus::UnixFd seed, sdbus::UnixFd password, Variants options) override {
        serve("Restore", std::move(reply), [tools = tools_, seedFd = owned(std::move(seed)),
                                            in = owned(std::move(password)),
                                            options = std::move(options)]() mutable -> Task<void> {
            PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
            co_return co_await restore(tools, std::move(seedFd), std::move(in), std::move(dict));
        });
    }
    void Unlock(sdbus::Result<>&& reply, sdbus::UnixFd password) override {
        serve("Unlock", std::move(reply), [tools = tools_, in = owned(std::move(password))]() mutable -> Task<void> {
            return unlock(tools, std::move(in));
        });
    }
    void Lock(sdbus::Result<>&& reply) override {
        serve("Lock", std::move(reply), [tools = tools_]() -> Task<void> {
            tools.wallet.lock();
            co_return Result<void>();
        });
    }
    void GetBalance(sdbus::Result<Variants>&& reply) override {
        serve("GetBalance", std::move(reply), [tools = tools_]() -> Task<bus::Dict> {
            PEGASUS_CO_TRY(const auto balance, co_await tools.wallet.refreshBalance());
            const auto own = co_await tools.wallet.addresses();
            auto row = rowOf(balance);
            row["earnings"] = own ? earningRows(tools.seller.heldAddresses(), *own) : bus::Dicts();
            row["address-grace"] = static_cast<std::uint64_t>(tools.seller.grace().count());
            co_return row;
        });
    }
    void GetAddress(sdbus::Result<std::string>&& reply) override {
        serve("GetAddress", std::move(reply), [tools = tools_]() -> Task<std::string> {
            PEGASUS_CO_TRY(const auto address, co_await tools.wallet.receiveAddress());
            co_return model::withChecksum(address);
        });
    }
    void NewAddress(sdbus::Result<std::string>&& reply, std::string label) override {
        serve("NewAddress", std::move(reply), [tools = tools_, label = std::move(label)]() -> Task<std::string> {
            PEGASUS_CO_TRY(const auto address, co_await tools.wallet.newAddress(label));
            co_return model::withChecksum(address);
        });
    }
    void ListAddresses(sdbus::Result<std::vector<Variants>>&& reply) override {
        serve("ListAddresses", std::move(reply),
              [tools = tools_]() -> Task<bus::Dicts> { return listAddresses(tools); });
    }
    void Send(sdbus::Result<std::string>&& reply, std::vector<PaymentRow> payments, Variants options) override {
        serve("Send", std::move(reply), [tools = tools_, payments = std::move(payments),
                                         options = std::move(options)]() mutable -> Task<std::string> {
            PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
            co_return co_await sendPayments(tools, std::move(payments), std::move(dict));
        });
    }
    void ListTransfers(sdbus::Result<std::vector<Variants>, std::string>&& reply, std::uint32_t limit,
                       std::string cursor) override {
        serve("ListTransfers", std::move(reply), [tools = tools_, limit, cursor = std::move(cursor)]() {
            return listTransfers(tools, limit, cursor);
        });
    }
    void GetBundle(sdbus::Result<Variants>&& reply, std::string hash) override {
        serve("GetBundle", std::move(reply), [tools = tools_, text = std::move(hash)]() -> Task<bus::Dict> {
            PEGASUS_CO_TRY(const auto bundle, model::Hash::parse(text));
            PEGASUS_CO_TRY(const auto details, co_await tools.wallet.bundleDetails(bundle));
            co_return rowOf(details);
        });
    }
    void ExportSeed(sdbus::Result<>&& reply, sdbus::UnixFd seedOut, sdbus::UnixFd password) override {
        serve("ExportSeed", std::move(reply), [tools = tools_, out = owned(std::move(seedOut)),
                                               in = owned(std::move(password))]() mutable -> Task<void> {
            return exportSeed(tools, std::move(out), std::move(in));
        });
    }
    void ChangePassword(sdbus::Result<>&& reply, sdbus::UnixFd password, sdbus::UnixFd newPassword) override {
        serve("ChangePassword", std::move(reply), [tools = tools_, before = owned(std::move(password)),
                                                   after = owned(std::move(newPassword))]() mutable -> Task<void> {
            return changePassword(tools, std::move(before), std::move(after));
        });
    }

    std::string State() override { return stateOf(tools_.wallet.status()); }
    bool Locked() override { return tools_.wallet.status().locked; }

    bus::Dict changing() override { return {{"State", State()}, {"Locked", Locked()}}; }

    /// A look at the ledger that found the same money is no change.
    void follow(wallet::Balance balance) {
        tell();
        balance.milestoneIndex = 0;
        if (std::exchange(known_, balance) != balance) changed_.touch();
    }

    Tools tools_;
    wallet::Balance known_;
    Pacer changed_;
    Ticker compare_;  // the end of a restore comes without a word
    Subscription locked_;
    Subscription restored_;
    Subscription balance_;
    Subscription history_;
    Subscription transfers_;
};

}  // namespace

std::unique_ptr<Part> makeWallet(Desk& desk, const ApiServices& services) {
    return std::make_unique<WalletObject>(desk, services);
}

}  // namespace pegasus::daemon
