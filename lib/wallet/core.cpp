// SPDX-License-Identifier: Apache-2.0
// Wallet::Core: locking, the background passes, what is shown to people.
#include "wallet/core.hpp"

#include <algorithm>
#include <utility>

#include "ledger/bundles.hpp"

namespace pegasus::wallet {

using keys::KeyState;
using store::Connection;

Wallet::Core::Core(WalletServices services, WalletOptions options)
    : context(services, options),
      seeds(services, options),
      addresses(context),
      spender(context, addresses),
      settler(context, spender),
      scanner(context, addresses),
      recovery(context, addresses) {
    spender.expectsMore = [this](const Address& address) { return scanner.expectsMore(address); };
    context.wake = [this] { requestPass(); };
}

Task<void> Wallet::Core::load() {
    PEGASUS_CO_CHECK(co_await seeds.load());
    context.exists = seeds.exists();
    context.restoring = seeds.restoring();
    context.options.security = seeds.security();
    PEGASUS_CO_CHECK(co_await addresses.load());
    PEGASUS_CO_CHECK(co_await scanner.load());
    PEGASUS_CO_TRY(ready_, co_await context.book.countReady());
    co_return co_await updateBalance();
}

void Wallet::Core::start(Wallet& owner) {
    facade = &owner;
    context.transferChanged = [this](TransferId id) { facade->transferChanged.notify(id); };
    context.historyChanged = [this](const Hash& bundle) { facade->historyChanged.notify(bundle); };
    started_ = true;
    milestones_ = context.services.ledger.milestones.add([this](const std::int64_t&) { requestPass(); });
    context.services.scheduler.spawn("wallet timer", watchTime());
    requestPass();
}

Task<void> Wallet::Core::adopt(crypto::Seed seed, SecretBytes password, bool restored) {
    auto copy = seed.clone();
    PEGASUS_CO_CHECK(co_await seeds.create(std::move(copy), std::move(password), restored));
    context.exists = true;
    context.restoring = restored;
    takeSeed(std::move(seed));
    if (restored && facade != nullptr) facade->restored.notify(seeds.restoreCount());
    (void)co_await addresses.topUp();  // the next pass does it again if it failed
    PEGASUS_CO_TRY(ready_, co_await context.book.countReady());
    requestPass();
    co_return Result<void>();
}

void Wallet::Core::takeSeed(crypto::Seed seed) {
    const bool was = context.signer != nullptr;
    context.signer = std::make_shared<const keys::Signer>(std::move(seed), context.services.pool);
    context.lastUse = context.services.clock.steady();
    if (!was && facade != nullptr) facade->lockedChanged.notify(false);
}

Task<void> Wallet::Core::unlock(SecretBytes password) {
    PEGASUS_CO_TRY(auto seed, co_await seeds.open(std::move(password)));
    takeSeed(std::move(seed));
    requestPass();
    co_return Result<void>();
}

void Wallet::Core::lock() {
    if (!context.signer) return;
    context.signer.reset();
    if (facade != nullptr) facade->lockedChanged.notify(true);
}

Task<void> Wallet::Core::hold(Address address, bool held) {
    {
        const auto guard = co_await context.keysMutex.lock();
        PEGASUS_CO_CHECK(co_await context.book.hold(address, held));
    }
    co_return co_await updateBalance();
}

Task<void> Wallet::Core::pass() {
    const auto guard = co_await passMutex_.lock();
    auto outcome = co_await passOnce();
    detail_ = outcome ? std::string() : outcome.error().message;
    co_return outcome;
}

Task<void> Wallet::Core::passOnce() {
    // Messages need no wallet, so they go on without one and while it is restoring.
    PEGASUS_CO_TRY(sums_, co_await settler.pass());
    PEGASUS_CO_CHECK(co_await settler.forgetMessages());
    if (!context.exists) co_return Result<void>();
    if (context.restoring) PEGASUS_CO_CHECK(co_await finishRestore());
    PEGASUS_CO_CHECK(co_await addresses.topUp());
    PEGASUS_CO_TRY(ready_, co_await context.book.countReady());
    PEGASUS_CO_CHECK(co_await scanner.pass());
    PEGASUS_CO_CHECK(co_await updateBalance());
    if (sums_.problem) co_return fail(*sums_.problem);
    co_return Result<void>();
}

Task<void> Wallet::Core::finishRestore() {
    PEGASUS_CO_CHECK(co_await recovery.run());
    PEGASUS_CO_CHECK(co_await seeds.finishRestore());
    context.restoring = false;
    co_return Result<void>();
}

Task<void> Wallet::Core::updateBalance() {
    PEGASUS_CO_TRY(const auto now, co_await scanner.compute(sums_));
    const bool differs = now != balance;
    balance = now;
    if (differs && facade != nullptr) facade->changed.notify(balance);
    co_return Result<void>();
}

void Wallet::Core::requestPass() {
    if (!started_ || context.services.scheduler.stopping()) return;
    again_ = true;
    if (passing_) return;
    passing_ = true;
    context.services.scheduler.spawn("wallet pass", passes());
}

Async<void> Wallet::Core::passes() {
    while (again_ && !context.services.scheduler.stopping()) {
        again_ = false;
        (void)co_await pass();  // status() says why it failed, and the timer tries again
    }
    passing_ = false;
}

Async<void> Wallet::Core::watchTime() {
    for (;;) {
        const auto slept = co_await context.services.scheduler.sleep(context.options.poll);
        if (!slept) co_return;
        const auto idle = context.services.clock.steady() - context.lastUse;
        if (context.options.autoLock.count() > 0 && idle >= context.options.autoLock) lock();
        requestPass();
    }
}

WalletStatus Wallet::Core::status() const {
    WalletStatus out;
    out.exists = context.exists;
    out.locked = context.signer == nullptr;
    out.restoring = context.restoring;
    out.detail = detail_;
    out.restoreCount = seeds.restoreCount();
    out.readyAddresses = ready_;
    out.pendingTransfers = sums_.count;
    return out;
}

Task<std::vector<OwnAddress>> Wallet::Core::list() {
    PEGASUS_CO_TRY(const auto entries, co_await context.book.entries());
    std::vector<OwnAddress> out;
    for (const auto& entry : entries) {
        if (entry.state == KeyState::Ready) continue;
        out.push_back({entry.address, entry.key.index, entry.purpose, entry.held, entry.state >= KeyState::Signed,
                       scanner.balanceOf(entry.address)});
    }
    co_return out;
}

Task<BundleDetails> Wallet::Core::describe(std::vector<model::Transaction> transactions) {
    std::vector<Address> touched;
    for (const auto& transaction : transactions) touched.push_back(transaction.address);
    PEGASUS_CO_TRY(const auto own, co_await context.book.findMany(std::move(touched)));
    BundleDetails out;
    out.bundle = transactions.front().bundle;
    out.timestamp = Timestamp(std::chrono::seconds(transactions.front().timestamp));
    std::vector<Address> inputs;
    for (const auto& transaction : transactions)
        if (transaction.value < 0) inputs.push_back(transaction.address);
    for (const auto& transaction : transactions) {
        BundleLine line;
        line.address = transaction.address;
        line.value = Iotas(transaction.value);
        line.own = std::ranges::any_of(own, [&](const auto& e) { return e.address == transaction.address; });
        line.tag = transaction.obsoleteTag;
        if (std::ranges::find(inputs, transaction.address) == inputs.end()) {
            const auto text = transaction.signatureMessageFragment.view();
            line.messageTrytes = text.substr(0, text.find_last_not_of('9') + 1);
        }
        out.lines.push_back(std::move(line));
    }
    co_return out;
}

Task<BundleDetails> Wallet::Core::details(Hash bundle) {
    auto work = [bundle](Connection& c) { return rows::byBundle(c, bundle); };
    PEGASUS_CO_TRY(auto row, co_await context.services.database.read(work));
    auto past = [bundle](Connection& c) { return rows::historyOf(c, bundle); };
    PEGASUS_CO_TRY(const auto history, co_await context.services.database.read(past));
    std::vector<model::Transaction> transactions;
    std::vector<Hash> tails;
    TransferState state = history ? history->state : TransferState::Pending;
    if (row) {
        transactions = std::move(row->transactions);
        tails = std::move(row->transfer.tails);
        state = row->transfer.state;
    } else {
        auto& ledger = context.services.ledger;
        PEGASUS_CO_TRY(const auto found, co_await ledger::attachmentsOf(ledger, context.services.pool, bundle));
        if (found.list.empty()) co_return fail(ErrorCode::NotFound, "bundle {} is not known", bundle.view());
        for (const auto& attachment : found.list) tails.push_back(attachment.tail);
        PEGASUS_CO_TRY(const auto included, co_await ledger::fetchInclusion(ledger, tails));
        const auto first = std::ranges::find(included, true);
        if (first != included.end()) state = TransferState::Confirmed;
        const auto shown = first != included.end() ? static_cast<std::size_t>(first - included.begin()) : 0;
        for (const auto& attached : found.list[shown].transactions) transactions.push_back(attached.transaction);
    }
    PEGASUS_CO_TRY(auto out, co_await describe(std::move(transactions)));
    out.state = state;
    out.history = history;
    out.tails = std::move(tails);
    co_return out;
}

}  // namespace pegasus::wallet
