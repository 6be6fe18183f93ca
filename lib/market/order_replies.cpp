// SPDX-License-Identifier: Apache-2.0
// OrderDesk: from the seller's replies to the channel.
#include <algorithm>

#include "crypto/rsa.hpp"
#include "keys/machine_vault.hpp"
#include "ledger/bundles.hpp"
#include "mam/channel.hpp"
#include "market/order_desk.hpp"
#include "market/reply.hpp"

namespace pegasus::market {

namespace {

constexpr std::size_t kMaxCandidates = 16;      // of one order
constexpr std::size_t kMaxRepliesPerPass = 64;  // read for one order
constexpr std::size_t kMostTails = 10'000;      // that wait to be read
constexpr int kMostTries = 100;                 // at a bundle that is not complete
constexpr Duration kRequestCheck = std::chrono::seconds(30);

}  // namespace

Task<void> OrderDesk::findReplies(OrderId id) {
    auto& replies = replies_[id];
    if (!replies.reader) replies.reader = std::make_unique<ledger::Reader>(services_.ledger);
    const auto address = rows_.at(id).order.replyAddress;
    awaited_.insert(address);
    replies.reader->watch(std::vector<Address>{address});
    // What is not read now is there later.
    if (replies.tails.size() > kMostTails) co_return Result<void>();
    PEGASUS_CO_TRY(const auto look, co_await replies.reader->look());
    for (const auto& attached : look.fresh)
        if (attached.transaction.currentIndex == 0) replies_[id].tails.push_back({attached.hash, 0});
    co_return Result<void>();
}

/// Reads some of what came first and some of what came last: junk before the reply must not delay it, nor junk after it.
Task<void> OrderDesk::lookForReplies(OrderId id) {
    PEGASUS_CO_CHECK(co_await findReplies(id));
    auto outcome = Result<void>();
    std::vector<Replies::Tail> unfinished;
    for (std::size_t i = 0; i < kMaxRepliesPerPass && !replies_[id].tails.empty(); ++i) {
        auto& tails = replies_[id].tails;
        auto tail = i % 2 == 0 ? tails.back() : tails.front();
        if (i % 2 == 0) tails.pop_back();
        else tails.pop_front();
        const auto read = co_await readReply(id, tail.hash);
        if (!read && read.error().code == ErrorCode::NotFound) {  // its other parts are on their way
            if (++tail.tries < kMostTries) unfinished.push_back(tail);
            continue;
        }
        if (!read && (read.error().code == ErrorCode::Unreachable || read.error().code == ErrorCode::Timeout ||
                      read.error().code == ErrorCode::NoSpace || read.error().code == ErrorCode::Cancelled)) {
            replies_[id].tails.push_back(tail);
            outcome = read;
            break;
        }
        ++replies_[id].count;
        if (!read) ++counters_.junkReplies;
    }
    for (const auto& tail : unfinished) replies_[id].tails.push_front(tail);
    co_return outcome;
}

/// Somebody else's attachment of our bundle, with another message, may be the only one that the ledger has. Then our request
/// is attached again: the essence and the signatures are the same, and the seller examines every attachment.
Task<void> OrderDesk::keepRequestUp(OrderId id) {
    const auto now = services_.clock.steady();
    auto& checked = replies_[id].requestSeen;
    if (checked && now - *checked < kRequestCheck) co_return Result<void>();
    checked = now;
    const auto row = rows_.at(id);
    if (!row.order.paymentBundle) co_return Result<void>();
    PEGASUS_CO_TRY(const auto found, co_await ledger::attachmentsOf(services_.ledger, services_.pool, *row.order.paymentBundle));
    std::string padded = row.request;
    padded.resize(model::Fragment::kTrytes, '9');
    PEGASUS_CO_TRY(const auto ours, model::Fragment::parse(padded));
    for (const auto& attachment : found.list)
        if (attachment.transactions.front().transaction.signatureMessageFragment == ours) co_return Result<void>();
    if (found.list.empty()) co_return Result<void>();
    std::vector<model::Transaction> transactions;
    for (const auto& t : found.list.front().transactions) transactions.push_back(t.transaction);
    transactions.front().signatureMessageFragment = ours;
    ledger::Attacher attacher(services_.ledger, services_.pool, services_.clock);
    PEGASUS_CO_CHECK(co_await attacher.attach(transactions));
    co_return Result<void>();
}

Task<void> OrderDesk::readReply(OrderId id, Hash tail) {
    const auto row = rows_.at(id);
    PEGASUS_CO_TRY(const auto bundle, co_await ledger::fetchBundle(services_.ledger, services_.pool, tail));
    std::string trytes;
    for (const auto& t : bundle.transactions) {
        if (t.transaction.address != row.order.replyAddress || trytes.size() > 4 * model::Fragment::kTrytes) break;
        trytes += t.transaction.signatureMessageFragment.view();
    }
    PEGASUS_CO_TRY(const auto reply, decodeReply(trytes));
    // Everybody can see the request and encrypt to it. A device that signed its listing signs its reply.
    if (row.deviceKey && !isAuthentic(reply, *row.deviceKey, row.order.offerId, row.order.paymentBundle.value_or(Hash())))
        co_return fail(ErrorCode::AuthenticationFailed, "a reply that the seller did not sign");
    const auto* channel = channels_.find(id);
    if (channel != nullptr && (!row.deviceKey || reply.epoch <= channel->epoch)) co_return Result<void>();
    if (!row.deviceKey && candidatesOf(id).size() >= kMaxCandidates) co_return fail(ErrorCode::LimitExceeded, "too many replies");
    PEGASUS_CO_TRY(const auto der, services_.vault.unseal(secretContext(id), row.secret));
    const auto secret = std::make_shared<SecretBytes>(der.clone());
    const auto open = [secret, reply]() -> Result<std::shared_ptr<Grant>> {
        PEGASUS_TRY(const auto key, crypto::RsaPrivateKey::fromDer(*secret));
        PEGASUS_TRY(auto grant, decrypt(reply, key));
        return std::make_shared<Grant>(std::move(grant));
    };
    PEGASUS_CO_TRY(const auto grant, co_await compute(services_.pool, open));
    buyer_store::CandidateRow candidate;
    candidate.order = id;
    candidate.bundle = bundle.transactions.front().transaction.bundle;
    candidate.epoch = reply.epoch;
    candidate.root = grant->root;
    for (const auto& known : candidates_)
        if (known.order == id && known.root == candidate.root && known.epoch == candidate.epoch && row.deviceKey) co_return Result<void>();
    PEGASUS_CO_TRY(candidate.sideKey, services_.vault.seal(ChannelDesk::sideKeyContext(id), grant->sideKey.bytes()));
    auto changedRow = row;
    if (changedRow.order.state < OrderState::KeyReceived) {
        changedRow.order.state = OrderState::KeyReceived;
        changedRow.order.keyReceived = services_.clock.now();
        changedRow.order.reason.clear();
    }
    const auto write = [candidate, changedRow](store::Connection& db) -> Result<void> {
        PEGASUS_CHECK(buyer_store::putCandidate(db, candidate));
        return buyer_store::putOrder(db, changedRow);
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(write));
    candidates_.push_back(candidate);
    rows_.at(id) = changedRow;
    changed.notify(id);
    co_return Result<void>();
}

std::vector<buyer_store::CandidateRow> OrderDesk::candidatesOf(const OrderId& id) const {
    std::vector<buyer_store::CandidateRow> list;
    for (const auto& candidate : candidates_)
        if (candidate.order == id) list.push_back(candidate);
    return list;
}

/// The first candidate whose root has a message that decodes is the channel. A running channel is left for a newer epoch
/// only when nothing more came at its root.
Task<void> OrderDesk::tryCandidates(OrderId id) {
    auto candidates = candidatesOf(id);
    if (const auto* channel = channels_.find(id)) {
        const bool signedReplies = rows_.at(id).deviceKey.has_value();
        std::erase_if(candidates, [&](const auto& c) { return !signedReplies || c.epoch <= channel->epoch; });
    }
    if (candidates.empty() || (channels_.find(id) != nullptr && !channels_.drained(id))) co_return Result<void>();
    for (const auto& candidate : candidates) {
        awaited_.insert(mam::addressOf(candidate.root, mam::Mode::Restricted));
        PEGASUS_CO_TRY(const bool decodes, co_await channels_.decodes(id, candidate.root, candidate.sideKey));
        if (!decodes) continue;
        const auto row = rows_.at(id);
        co_return co_await activate(row, candidate);
    }
    co_return Result<void>();
}

Task<void> OrderDesk::activate(Row row, buyer_store::CandidateRow candidate) {
    buyer_store::ChannelRow channel;
    if (const auto* present = channels_.find(row.order.id)) channel = *present;
    channel.id = row.order.id;
    channel.epoch = candidate.epoch;
    channel.root = candidate.root;
    channel.leaf = 0;
    channel.sideKey = candidate.sideKey;
    row.order.state = OrderState::Active;
    row.order.overdue = false;
    row.order.reason.clear();
    if (!row.order.active) row.order.active = services_.clock.now();
    const auto write = [row, channel, candidate](store::Connection& db) -> Result<void> {
        PEGASUS_CHECK(buyer_store::putOrder(db, row));
        PEGASUS_CHECK(buyer_store::dropCandidate(db, candidate));
        return buyer_store::putChannel(db, channel);
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(write));
    std::erase_if(candidates_, [&](const auto& c) { return c.order == candidate.order && c.bundle == candidate.bundle; });
    rows_.at(row.order.id) = row;
    channels_.add(channel);
    changed.notify(row.order.id);
    co_return Result<void>();
}

Task<void> OrderDesk::noteOverdue(OrderId id) {
    auto row = rows_.at(id);
    auto& o = row.order;
    const bool late = o.state == OrderState::Confirmed && services_.clock.now() - *o.confirmed > options_.replyTimeout;
    if (!late || o.overdue) co_return Result<void>();
    o.overdue = true;
    o.reason = "the seller has not answered; a late reply still counts";
    co_return co_await save(row);
}

}  // namespace pegasus::market
