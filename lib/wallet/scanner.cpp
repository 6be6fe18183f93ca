// SPDX-License-Identifier: Apache-2.0
// Scanner: balances, discovery of foreign bundles, their outcome.
#include "wallet/scanner.hpp"

#include <algorithm>
#include <utility>

#include "ledger/bundles.hpp"
#include "wallet/foreign_use.hpp"

namespace pegasus::wallet {
namespace {

using keys::KeyEntry;
using keys::KeyState;
using ledger::Attachment;
using store::Connection;

constexpr std::size_t kSpentPortion = 200;         ///< spent addresses looked at in one go
constexpr Duration kSpentInterval = std::chrono::seconds(60);
constexpr std::size_t kDoubtfulPortion = 20;       ///< spent by hearsay, looked at in one pass
constexpr std::size_t kBundlePortion = 50;         ///< bundles read in one pass
constexpr std::size_t kForeignPortion = 200;
constexpr std::size_t kMostOpen = 10'000;          ///< bundles to be read
constexpr int kMostAttempts = 20;
constexpr std::size_t kTailsLookedAt = 5;

std::vector<Address> addressesOf(const std::vector<KeyEntry>& entries) {
    std::vector<Address> out;
    for (const auto& entry : entries) out.push_back(entry.address);
    return out;
}

Result<void> storeBalances(Connection& c, const std::vector<std::pair<Address, Iotas>>& changed) {
    SQLite::Statement upsert(c, "INSERT INTO wallet_address (address, balance) VALUES (?1, ?2) "
                                "ON CONFLICT (address) DO UPDATE SET balance = ?2");
    for (const auto& [address, balance] : changed) {
        upsert.reset();
        upsert.bind(1, address.str());
        upsert.bind(2, balance.count());
        upsert.exec();
    }
    return {};
}

std::vector<Hash> tailsOf(const ledger::Attachments& attachments) {
    std::vector<Hash> out;
    for (const auto& attachment : attachments.list) out.push_back(attachment.tail);
    return out;
}

std::vector<model::Transaction> plain(const Attachment& attachment) {
    std::vector<model::Transaction> out;
    for (const auto& attached : attachment.transactions) out.push_back(attached.transaction);
    return out;
}

}  // namespace

Task<void> Scanner::load() {
    auto work = [](Connection& c) -> Result<std::vector<std::pair<Address, Iotas>>> {
        SQLite::Statement query(c, "SELECT address, balance FROM wallet_address WHERE balance <> 0");
        std::vector<std::pair<Address, Iotas>> out;
        while (query.executeStep()) {
            PEGASUS_TRY(const auto address, Address::parse(query.getColumn(0).getString()));
            PEGASUS_TRY(const auto balance, Iotas::of(query.getColumn(1).getInt64()));
            out.emplace_back(address, balance);
        }
        return out;
    };
    PEGASUS_CO_TRY(const auto rows, co_await context_.services.database.read(work));
    // A node may have lied: then the next look begins with nothing, and the daemon begins all the same.
    if (checkTotal(rows)) balances_ = {rows.begin(), rows.end()};
    co_return Result<void>();
}

Iotas Scanner::balanceOf(const Address& address) const {
    const auto it = balances_.find(address);
    return it == balances_.end() ? Iotas() : it->second;
}

Task<void> Scanner::pass() {
    PEGASUS_CO_TRY(const auto addresses, co_await watched());
    if (addresses.empty()) co_return Result<void>();
    PEGASUS_CO_CHECK(co_await readBalances(addresses));
    PEGASUS_CO_CHECK(co_await reconsiderSpent());
    PEGASUS_CO_CHECK(co_await discover(addresses));
    PEGASUS_CO_CHECK(co_await followCopies());
    co_return co_await judgeForeign();
}

Task<std::vector<Address>> Scanner::watched() {
    PEGASUS_CO_TRY(const auto open, co_await context_.book.entries(KeyState::HandedOut));
    PEGASUS_CO_TRY(const auto reserved, co_await context_.book.entries(KeyState::Signed));
    PEGASUS_CO_TRY(const auto ready, co_await context_.book.entries(KeyState::Ready));
    auto out = addressesOf(open);
    for (const auto& entry : ready) out.push_back(entry.address);
    for (const auto& entry : reserved) out.push_back(entry.address);
    // Those spent moments ago, or that hold something, are read each time; the others in turns.
    PEGASUS_CO_TRY(const auto funded, co_await late());
    for (const auto& entry : funded) out.push_back(entry.address);
    const auto now = context_.services.clock.steady();
    if (now < nextSpentLook_) co_return out;
    nextSpentLook_ = now + kSpentInterval;
    PEGASUS_CO_TRY(const auto part, co_await context_.book.page(KeyState::Spent, spentCursor_, kSpentPortion));
    spentCursor_ = part.size() < kSpentPortion ? 0 : part.back().key.index + 1;
    for (const auto& entry : part)
        if (balanceOf(entry.address).count() == 0) out.push_back(entry.address);
    co_return out;
}

Task<std::vector<KeyEntry>> Scanner::late() {
    std::vector<Address> funded;
    for (const auto& [address, balance] : balances_) funded.push_back(address);
    PEGASUS_CO_TRY(auto entries, co_await context_.book.findMany(std::move(funded)));
    std::erase_if(entries, [](const KeyEntry& entry) { return entry.state != KeyState::Spent; });
    co_return entries;
}

Task<void> Scanner::readBalances(std::vector<Address> addresses) {
    std::vector<std::pair<Address, Iotas>> changed;
    std::vector<Address> funded;
    for (std::size_t from = 0; from < addresses.size(); from += ledger::kMaxHashesPerCall) {
        const auto begin = addresses.begin() + static_cast<std::ptrdiff_t>(from);
        const auto count = std::min(ledger::kMaxHashesPerCall, addresses.size() - from);
        const std::vector<Address> part(begin, begin + static_cast<std::ptrdiff_t>(count));
        PEGASUS_CO_TRY(const auto answer, co_await context_.services.ledger.balances(part));
        if (answer.balances.size() != part.size())
            co_return fail(ErrorCode::Corrupt, "the ledger answered {} balances for {} asked", answer.balances.size(),
                           part.size());
        milestoneIndex_ = answer.milestoneIndex;
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (answer.balances[i].count() > 0) funded.push_back(part[i]);
            if (answer.balances[i] != balanceOf(part[i])) changed.emplace_back(part[i], answer.balances[i]);
        }
    }
    PEGASUS_CO_CHECK(checkTotal(changed));
    PEGASUS_CO_CHECK(co_await addresses_.markUsed(std::move(funded)));
    if (changed.empty()) co_return Result<void>();
    auto work = [changed](Connection& c) { return storeBalances(c, changed); };
    // A copy of what the ledger says: it need not survive a power cut.
    PEGASUS_CO_CHECK(co_await context_.services.database.write(work, store::Durability::Batched));
    for (const auto& [address, balance] : changed) {
        if (balance.count() == 0) balances_.erase(address);
        else balances_[address] = balance;
    }
    co_return Result<void>();
}

Result<void> Scanner::checkTotal(const std::vector<std::pair<Address, Iotas>>& changed) const {
    auto after = balances_;
    for (const auto& [address, balance] : changed) after[address] = balance;
    Iotas sum;
    for (const auto& [address, balance] : after) {
        const auto next = sum.plus(balance);
        if (!next) return fail(ErrorCode::Corrupt, "the ledger gives our addresses more than the supply: it is not believed");
        sum = *next;
    }
    return {};
}

Task<void> Scanner::followCopies() {
    PEGASUS_CO_TRY(const auto ready, co_await context_.book.entries(KeyState::Ready));
    std::vector<keys::DerivedKey> found;
    for (const auto& entry : ready)
        if (credited_.contains(entry.address) && balanceOf(entry.address).count() > 0) found.push_back({entry.key, entry.address});
    if (found.empty()) co_return Result<void>();
    const auto guard = co_await context_.keysMutex.lock();
    std::string purpose(kRestoredPurpose);
    co_return co_await context_.book.addAs(std::move(found), KeyState::HandedOut, std::move(purpose));
}

Task<void> Scanner::reconsiderSpent() {
    PEGASUS_CO_TRY(auto doubtful, co_await late());
    std::erase_if(doubtful, [](const KeyEntry& entry) { return entry.bundle.has_value(); });
    if (doubtful.size() > kDoubtfulPortion) doubtful.resize(kDoubtfulPortion);
    if (doubtful.empty()) co_return Result<void>();
    auto addresses = addressesOf(doubtful);
    PEGASUS_CO_TRY(const auto uses, co_await usedOnLedger(context_.services.ledger, context_.services.pool, std::move(addresses)));
    std::vector<keys::SpentKey> proven;
    std::vector<crypto::KeyIndex> wrong;
    for (std::size_t i = 0; i < uses.size(); ++i) {
        if (uses[i].proof) proven.push_back({doubtful[i].key.index, uses[i].proof});
        if (!uses[i].used) wrong.push_back(doubtful[i].key.index);
    }
    if (!proven.empty()) PEGASUS_CO_CHECK(co_await context_.book.markSpent(std::move(proven)));
    if (!wrong.empty()) PEGASUS_CO_CHECK(co_await context_.book.doubtSpent(std::move(wrong)));
    co_return Result<void>();
}

/// Each address stays with its reader, which knows what it has read there.
void Scanner::assign(const std::vector<Address>& addresses) {
    std::unordered_set<Address> left(addresses.begin(), addresses.end());
    for (auto& group : groups_) {
        std::erase_if(group.addresses, [&](const Address& address) { return !left.contains(address); });
        for (const auto& address : group.addresses) left.erase(address);
    }
    auto group = groups_.begin();
    for (const auto& address : left) {
        while (group != groups_.end() && group->addresses.size() == ledger::kMaxHashesPerCall) ++group;
        if (group == groups_.end()) group = groups_.emplace(groups_.end(), context_.services.ledger);
        group->addresses.push_back(address);
    }
    for (auto& one : groups_) one.reader.watch(one.addresses);
}

Task<void> Scanner::discover(std::vector<Address> addresses) {
    assign(addresses);
    for (auto& group : groups_) {
        PEGASUS_CO_TRY(const auto look, co_await group.reader.look());
        for (const auto& attached : look.fresh)
            if (attached.transaction.value != 0 && open_.size() < kMostOpen) open_.try_emplace(attached.transaction.bundle, 0);
    }
    std::vector<Hash> bundles;
    for (const auto& [bundle, attempts] : open_) {
        bundles.push_back(bundle);
        if (bundles.size() == kBundlePortion) break;
    }
    for (const auto& bundle : bundles) {
        const auto outcome = co_await record(bundle);
        if (!outcome && outcome.error().code != ErrorCode::LimitExceeded) co_return fail(outcome.error());
        if (!outcome || *outcome) open_.erase(bundle);
    }
    co_return Result<void>();
}

Task<bool> Scanner::isKnown(Hash bundle) {
    auto work = [bundle](Connection& c) -> Result<bool> {
        PEGASUS_TRY(const auto entry, rows::historyOf(c, bundle));
        return entry.has_value();
    };
    co_return co_await context_.services.database.read(work);
}

/// True: there is nothing more to do about it.
Task<bool> Scanner::record(Hash bundle) {
    PEGASUS_CO_TRY(const auto attachments,
                   co_await ledger::attachmentsOf(context_.services.ledger, context_.services.pool, bundle));
    // Not complete yet, or nothing but junk.
    if (attachments.list.empty()) co_return ++open_[bundle] >= kMostAttempts;
    PEGASUS_CO_TRY(const bool known, co_await isKnown(bundle));
    auto tails = tailsOf(attachments);
    PEGASUS_CO_TRY(const auto included, co_await ledger::fetchInclusion(context_.services.ledger, std::move(tails)));
    const bool any = std::ranges::any_of(included, [](bool x) { return x; });
    std::vector<Address> credited;
    auto lines = plain(attachments.list.front());
    PEGASUS_CO_TRY(const auto net, co_await netOf(std::move(lines), &credited));
    credited_.insert(credited.begin(), credited.end());
    PEGASUS_CO_CHECK(co_await addresses_.markUsed(std::move(credited)));
    if (!known) {
        HistoryEntry entry;
        entry.bundle = bundle;
        entry.direction = net.count() > 0   ? Direction::Incoming
                          : net.count() < 0 ? Direction::Outgoing
                                            : Direction::Internal;
        entry.amount = Iotas(std::abs(net.count()));
        entry.state = any ? TransferState::Confirmed : TransferState::Pending;
        entry.time = context_.services.clock.now();
        auto work = [entry](Connection& c) { return rows::insertHistory(c, entry); };
        PEGASUS_CO_CHECK(co_await context_.services.database.write(work));
        if (context_.historyChanged) context_.historyChanged(bundle);
    }
    co_return true;
}

Task<Iotas> Scanner::netOf(std::vector<model::Transaction> transactions, std::vector<Address>* credited) {
    std::vector<Address> touched;
    for (const auto& transaction : transactions)
        if (transaction.value != 0) touched.push_back(transaction.address);
    PEGASUS_CO_TRY(const auto own, co_await context_.book.findMany(std::move(touched)));
    Iotas net;
    for (const auto& transaction : transactions) {
        if (transaction.value == 0) continue;
        const bool ours = std::ranges::any_of(own, [&](const KeyEntry& e) { return e.address == transaction.address; });
        if (!ours) continue;
        if (transaction.value > 0 && credited != nullptr) credited->push_back(transaction.address);
        // What strangers claim to pay to several of our addresses may exceed the supply.
        net = Iotas(std::clamp(net.count() + transaction.value, -model::kSupply, model::kSupply));
    }
    co_return net;
}

Task<void> Scanner::judgeForeign() {
    auto work = [](Connection& c) { return rows::pendingForeign(c, kForeignPortion); };
    PEGASUS_CO_TRY(const auto pending, co_await context_.services.database.read(work));
    expecting_.clear();
    foreignIn_ = foreignOut_ = Iotas();
    for (const auto& entry : pending) {
        const auto outcome = co_await judgeOne(entry);
        if (!outcome && outcome.error().code != ErrorCode::LimitExceeded) co_return fail(outcome.error());
    }
    co_return Result<void>();
}

Task<void> Scanner::judgeOne(const HistoryEntry& entry) {
    auto& ledger = context_.services.ledger;
    PEGASUS_CO_TRY(const auto attachments, co_await ledger::attachmentsOf(ledger, context_.services.pool, entry.bundle));
    if (attachments.list.empty()) co_return Result<void>();  // gone from the ledger: it counts for nothing
    const auto tails = tailsOf(attachments);
    PEGASUS_CO_TRY(const auto included, co_await ledger::fetchInclusion(ledger, tails));
    std::optional<TransferState> verdict;
    if (std::ranges::any_of(included, [](bool x) { return x; })) verdict = TransferState::Confirmed;
    bool lost = attachments.complete && tails.size() <= kTailsLookedAt;
    for (std::size_t i = 0; i < tails.size() && lost && !verdict; ++i) {
        const auto info = co_await ledger.tailInfo(tails[i]);
        lost = info && info->conflicting;
    }
    if (!verdict && lost) verdict = TransferState::Conflicting;
    if (verdict) {
        auto work = [bundle = entry.bundle, state = *verdict](Connection& c) {
            return rows::setHistoryState(c, bundle, state);
        };
        PEGASUS_CO_CHECK(co_await context_.services.database.write(work));
        if (context_.historyChanged) context_.historyChanged(entry.bundle);
        co_return Result<void>();
    }
    std::vector<Address> credited;
    auto lines = plain(attachments.list.front());
    PEGASUS_CO_TRY(const auto net, co_await netOf(std::move(lines), &credited));
    expecting_.insert(credited.begin(), credited.end());
    auto& sum = net.count() > 0 ? foreignIn_ : foreignOut_;
    sum = Iotas(std::min(sum.count() + std::abs(net.count()), model::kSupply));  // claims may exceed the supply together
    co_return Result<void>();
}

Task<Balance> Scanner::compute(PendingSums sums) {
    std::vector<Address> funded;
    for (const auto& [address, balance] : balances_) funded.push_back(address);
    PEGASUS_CO_TRY(const auto entries, co_await context_.book.findMany(std::move(funded)));
    Balance out;
    out.milestoneIndex = milestoneIndex_;
    out.pendingIn = Iotas(std::min(sums.in.count() + foreignIn_.count(), model::kSupply));
    out.pendingOut = Iotas(std::min(sums.out.count() + foreignOut_.count(), model::kSupply));
    for (const auto& entry : entries) {
        if (entry.state == KeyState::Signed) continue;  // counted as pending
        auto& sum = entry.state == KeyState::Spent ? out.late : entry.held ? out.reserved : out.available;
        PEGASUS_CO_TRY(sum, sum.plus(balanceOf(entry.address)));
    }
    co_return out;
}

}  // namespace pegasus::wallet
