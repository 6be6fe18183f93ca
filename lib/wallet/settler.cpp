// SPDX-License-Identifier: Apache-2.0
// Settler: one pass over the open transfers.
#include "wallet/settler.hpp"

#include <algorithm>
#include <utility>

#include "ledger/bundles.hpp"

namespace pegasus::wallet {
namespace {

using model::Transaction;
using store::Connection;

constexpr std::size_t kMostOpen = 500;
constexpr std::size_t kForgetPortion = 1000;
constexpr Duration kForgetInterval = std::chrono::hours(1);
/// Newest attachments that are asked about one by one.
constexpr std::size_t kTailsLookedAt = 5;

/// These end the pass: the next transfer would get the same answer.
bool isLedgerAway(const Error& error) {
    switch (error.code) {
        case ErrorCode::Unreachable:
        case ErrorCode::NotSynchronised:
        case ErrorCode::Timeout:
        case ErrorCode::Cancelled: return true;
        default: return false;
    }
}

bool movesValue(const rows::TransferRow& row) { return row.transfer.amount.count() > 0; }

/// The remainder is the last transaction if it is neither a named output nor part of an input.
std::optional<Address> remainderOf(const rows::TransferRow& row) {
    std::int64_t out = 0;
    for (const auto& transaction : row.transactions)
        if (transaction.value > 0) out += transaction.value;
    if (out == row.transfer.amount.count()) return std::nullopt;
    return row.transactions.back().address;
}

}  // namespace

Task<PendingSums> Settler::pass() {
    PEGASUS_CO_TRY(const auto open, co_await nextPart());
    std::vector<Hash> tails;
    for (const auto& row : open) tails.insert(tails.end(), row.transfer.tails.begin(), row.transfer.tails.end());
    PEGASUS_CO_TRY(const auto included, co_await ledger::fetchInclusion(context_.services.ledger, tails));
    std::size_t at = 0;
    std::optional<Error> problem;
    for (const auto& row : open) {
        const auto count = row.transfer.tails.size();
        const auto first = included.begin() + static_cast<std::ptrdiff_t>(at);
        const bool done = std::any_of(first, first + static_cast<std::ptrdiff_t>(count), [](bool x) { return x; });
        at += count;
        const auto outcome = co_await step(row, done);
        if (!outcome && isLedgerAway(outcome.error())) co_return fail(outcome.error());
        if (!outcome) {
            problem = outcome.error();
            backOff(row.transfer.id);
        }
    }
    PEGASUS_CO_TRY(auto sums, co_await sumUp());
    sums.problem = std::move(problem);
    co_return sums;
}

/// Those that never failed come first: each attempt costs a proof of work.
Task<std::vector<rows::TransferRow>> Settler::nextPart() {
    auto work = [after = after_](Connection& c) { return rows::open(c, after, kMostOpen); };
    PEGASUS_CO_TRY(auto open, co_await context_.services.database.read(work));
    after_ = open.size() < kMostOpen ? 0 : open.back().transfer.id;
    std::ranges::stable_partition(open, [this](const auto& row) { return !retries_.contains(row.transfer.id); });
    co_return open;
}

Task<PendingSums> Settler::sumUp() {
    auto work = [](Connection& c) -> Result<std::pair<std::size_t, std::vector<rows::TransferRow>>> {
        PEGASUS_TRY(const auto count, rows::countOpen(c));
        PEGASUS_TRY(auto payments, rows::openPayments(c));
        return std::pair(count, std::move(payments));
    };
    PEGASUS_CO_TRY(const auto open, co_await context_.services.database.read(work));
    PendingSums sums;
    sums.count = open.first;
    for (const auto& row : open.second) PEGASUS_CO_CHECK(co_await addSums(row, sums));
    co_return sums;
}

Task<void> Settler::forgetMessages() {
    const auto& clock = context_.services.clock;
    if (!nextForgetting_) nextForgetting_ = clock.steady() + kForgetInterval;
    if (clock.steady() < *nextForgetting_) co_return Result<void>();
    const auto before = clock.now() - context_.options.keepMessages;
    auto work = [after = forgotten_, before](Connection& c) { return rows::forgetMessages(c, after, before, kForgetPortion); };
    PEGASUS_CO_TRY(const auto reached, co_await context_.services.database.write(work, store::Durability::Batched));
    if (reached == forgotten_) nextForgetting_ = clock.steady() + kForgetInterval;
    forgotten_ = reached;
    co_return Result<void>();
}

Task<void> Settler::step(rows::TransferRow row, bool included) {
    if (included) co_return co_await settle(row, TransferState::Confirmed);
    if (row.transfer.state == TransferState::Reserved) co_return co_await sign(std::move(row));
    if (!due(row.transfer.id)) co_return Result<void>();
    if (row.transfer.tails.empty()) co_return co_await attach(std::move(row));
    PEGASUS_CO_TRY(const auto verdict, co_await judge(row));
    switch (verdict) {
        case Verdict::Wait: break;
        case Verdict::Promote: co_return co_await promote(std::move(row));
        case Verdict::Reattach: co_return co_await attach(std::move(row));
        case Verdict::Confirmed: co_return co_await settle(row, TransferState::Confirmed);
        case Verdict::Conflicting: co_return co_await settle(row, TransferState::Conflicting);
    }
    co_return Result<void>();
}

Task<void> Settler::sign(rows::TransferRow row) {
    if (!context_.signer) co_return Result<void>();  // waits for the unlock
    const auto id = row.transfer.id;
    const auto outcome = co_await spender_.signReserved(std::move(row));
    auto work = [id](Connection& c) { return rows::byId(c, id); };
    PEGASUS_CO_TRY(auto complete, co_await context_.services.database.read(work));
    if (!complete || complete->transfer.state != TransferState::Pending) co_return outcome;
    // Signed, here or at the same time by send(): the same bundle with the same signature.
    co_return co_await attach(std::move(*complete));
}

Task<Settler::Verdict> Settler::judge(const rows::TransferRow& row) {
    bool conflicting = false;
    bool known = false;
    bool alive = false;
    bool promote = false;
    bool reattach = false;
    const auto& tails = row.transfer.tails;
    const auto count = std::min(kTailsLookedAt, tails.size());
    for (std::size_t i = 0; i < count; ++i) {
        const Hash tail = tails[tails.size() - 1 - i];
        const auto info = co_await context_.services.ledger.tailInfo(tail);
        if (!info && info.error().code == ErrorCode::NotFound) continue;
        if (!info) co_return fail(info.error());
        known = true;
        if (info->confirmed) co_return Verdict::Confirmed;
        conflicting = conflicting || info->conflicting;
        reattach = reattach || info->shouldReattach;
        promote = promote || info->shouldPromote;
        alive = alive || (!info->conflicting && !info->shouldReattach);
    }
    if (known && !row.transfer.taken) PEGASUS_CO_CHECK(co_await noteTaken(row.transfer.id));
    if (alive) co_return promote ? Verdict::Promote : Verdict::Wait;
    if (movesValue(row)) {
        PEGASUS_CO_TRY(const bool there, co_await inputsAreThere(row));
        if (!there) co_return co_await judgeMoved(row, conflicting, known);
    }
    co_return Verdict::Reattach;
}

Task<Settler::Verdict> Settler::judgeMoved(const rows::TransferRow& row, bool conflicting, bool known) {
    PEGASUS_CO_TRY(const bool included, co_await anyIncluded(row));
    if (included) co_return Verdict::Confirmed;
    if (conflicting) co_return Verdict::Conflicting;
    if (known) co_return Verdict::Reattach;  // the ledger has yet to judge one
    // Pruned: the ledger knows none of our tails any more, but the inputs are gone, and their keys have signed this bundle
    // only. It counts if the remainder has arrived; without one there is nothing else that could have happened here.
    const auto remainder = remainderOf(row);
    if (!remainder) co_return Verdict::Confirmed;
    const std::vector<Address> one{*remainder};
    PEGASUS_CO_TRY(const auto balance, co_await ledger::fetchBalances(context_.services.ledger, one));
    PEGASUS_CO_TRY(const auto spent, co_await ledger::fetchSpent(context_.services.ledger, one));
    co_return balance.front().count() > 0 || spent.front() ? Verdict::Confirmed : Verdict::Reattach;
}

Task<bool> Settler::inputsAreThere(const rows::TransferRow& row) {
    std::vector<Address> addresses;
    std::vector<std::int64_t> needed;
    for (const auto& transaction : row.transactions) {
        if (transaction.value >= 0) continue;
        addresses.push_back(transaction.address);
        needed.push_back(-transaction.value);
    }
    PEGASUS_CO_TRY(const auto balances, co_await ledger::fetchBalances(context_.services.ledger, addresses));
    for (std::size_t i = 0; i < needed.size(); ++i)
        if (balances[i].count() < needed[i]) co_return false;
    co_return true;
}

Task<bool> Settler::anyIncluded(const rows::TransferRow& row) {
    // Anybody may have attached it: all attachments are one transfer.
    auto& ledger = context_.services.ledger;
    PEGASUS_CO_TRY(const auto attachments, co_await ledger::attachmentsOf(ledger, context_.services.pool,
                                                                          row.transfer.bundle));
    std::vector<Hash> tails = row.transfer.tails;
    for (const auto& attachment : attachments.list) tails.push_back(attachment.tail);
    PEGASUS_CO_TRY(const auto included, co_await ledger::fetchInclusion(ledger, std::move(tails)));
    const bool any = std::ranges::any_of(included, [](bool x) { return x; });
    if (!any && !attachments.complete)
        co_return fail(ErrorCode::LimitExceeded, "bundle {} has too many attachments to look at",
                       row.transfer.bundle.view());
    co_return any;
}

Task<void> Settler::attach(rows::TransferRow row) {
    const auto id = row.transfer.id;
    const auto bundle = row.transfer.bundle;
    backOff(id);
    ledger::AttachOptions options;
    options.beforeBroadcast = [this, id](const ledger::Attachment& attachment) {
        return recordTail(id, attachment.tail);
    };
    const auto attached = co_await context_.attacher.attach(std::move(row.transactions), std::move(options));
    if (!attached && attached.error().code == ErrorCode::Refused && !row.transfer.taken)
        co_return co_await refuse(id, bundle, attached.error().message);
    if (!attached) co_return fail(attached.error());
    co_return co_await noteTaken(id);
}

Task<void> Settler::noteTaken(TransferId id) {
    auto work = [id](Connection& c) { return rows::setTaken(c, id); };
    PEGASUS_CO_CHECK(co_await context_.services.database.write(work));
    if (context_.transferChanged) context_.transferChanged(id);
    co_return Result<void>();
}

Task<void> Settler::refuse(TransferId id, Hash bundle, std::string reason) {
    auto work = [id, bundle, reason = std::move(reason), at = context_.services.clock.now()](Connection& c) -> Result<void> {
        PEGASUS_CHECK(rows::refuse(c, id, reason, at));
        return keys::key_rows::takeBack(c, kAccount, bundle);
    };
    PEGASUS_CO_CHECK(co_await context_.services.database.write(std::move(work)));
    retries_.erase(id);
    if (context_.transferChanged) context_.transferChanged(id);
    if (context_.historyChanged) context_.historyChanged(bundle);
    co_return Result<void>();
}

Task<void> Settler::recordTail(TransferId id, Hash tail) {
    auto work = [id, tail](Connection& c) { return rows::addTail(c, id, tail); };
    co_return co_await context_.services.database.write(work);
}

Task<void> Settler::promote(rows::TransferRow row) {
    backOff(row.transfer.id);
    const Hash newest = row.transfer.tails.back();
    const auto promoted = co_await context_.attacher.promote(newest);
    if (promoted) co_return Result<void>();
    // What the tail approves lost: the same bundle, elsewhere.
    if (promoted.error().code == ErrorCode::Conflict || promoted.error().code == ErrorCode::NotFound)
        co_return co_await attach(std::move(row));
    co_return fail(promoted.error());
}

Task<void> Settler::settle(const rows::TransferRow& row, TransferState state) {
    const auto id = row.transfer.id;
    auto work = [id, state, bundle = row.transfer.bundle, at = context_.services.clock.now()](Connection& c)
        -> Result<void> {
        PEGASUS_CHECK(rows::settle(c, id, state, at));
        return keys::key_rows::markBundleSpent(c, kAccount, bundle);
    };
    PEGASUS_CO_CHECK(co_await context_.services.database.write(work));
    retries_.erase(id);
    if (context_.transferChanged) context_.transferChanged(id);
    if (movesValue(row) && context_.historyChanged) context_.historyChanged(row.transfer.bundle);
    co_return Result<void>();
}

Task<void> Settler::addSums(const rows::TransferRow& row, PendingSums& sums) {
    std::vector<Address> paid;
    for (const auto& transaction : row.transactions)
        if (transaction.value > 0) paid.push_back(transaction.address);
    PEGASUS_CO_TRY(const auto own, co_await context_.book.findMany(std::move(paid)));
    for (const auto& transaction : row.transactions) {
        if (transaction.value <= 0) continue;
        const bool ours = std::ranges::any_of(own, [&](const auto& e) { return e.address == transaction.address; });
        auto& sum = ours ? sums.in : sums.out;
        PEGASUS_CO_TRY(sum, sum.plus(Iotas(transaction.value)));
    }
    co_return Result<void>();
}

bool Settler::due(TransferId id) const {
    const auto it = retries_.find(id);
    return it == retries_.end() || context_.services.clock.steady() >= it->second.next;
}

void Settler::backOff(TransferId id) {
    const auto now = context_.services.clock.steady();
    const auto it = retries_.find(id);
    if (it == retries_.end()) {
        retries_[id] = {now + context_.options.retryFirst, context_.options.retryFirst};
        return;
    }
    it->second.wait = std::min(it->second.wait * 2, context_.options.retryMost);
    it->second.next = now + it->second.wait;
}

}  // namespace pegasus::wallet
