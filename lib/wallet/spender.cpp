// SPDX-License-Identifier: Apache-2.0
// Spender: checks, selection, reservation, signature; each step durable before the next.
#include "wallet/spender.hpp"

#include <algorithm>
#include <utility>

#include "crypto/digest.hpp"
#include "ledger/bundles.hpp"
#include "wallet/foreign_use.hpp"

namespace pegasus::wallet {
namespace {

using keys::KeyEntry;
using keys::KeyState;
using store::Connection;

constexpr std::size_t kMaxLabel = 200;
constexpr std::size_t kMaxReference = 200;
constexpr int kMostTimestamps = 60;
constexpr std::size_t kFragment = model::Fragment::kTrytes;

std::size_t fragmentsOf(const SendOutput& output) {
    return std::max<std::size_t>(1, (output.messageTrytes.size() + kFragment - 1) / kFragment);
}

Result<void> checkOutput(const SendOutput& output) {
    if (output.value.count() < 0)
        return fail(ErrorCode::InvalidArgument, "an output has {} i, expected 0 or more", output.value.count());
    if (!trinary::isTrytes(output.messageTrytes))
        return fail(ErrorCode::InvalidArgument, "a message has characters other than 9 and A-Z");
    // A node refuses value on an address whose last trit is set: Kerl never makes one.
    if (output.value.count() > 0 && output.address.trits().back() != 0)
        return fail(ErrorCode::InvalidArgument, "{} cannot hold iotas: its last trit is not 0", output.address.view());
    return {};
}

/// The sum of the outputs.
Result<Iotas> checkRequest(const SendRequest& request) {
    if (request.outputs.empty()) return fail(ErrorCode::InvalidArgument, "nothing to send");
    if (request.label.size() > kMaxLabel || request.reference.size() > kMaxReference)
        return fail(ErrorCode::InvalidArgument, "a label or reference is longer than {} bytes", kMaxLabel);
    Iotas sum;
    std::size_t transactions = 0;
    for (const auto& output : request.outputs) {
        PEGASUS_CHECK(checkOutput(output));
        PEGASUS_TRY(sum, sum.plus(output.value));
        transactions += fragmentsOf(output);
    }
    if (transactions > static_cast<std::size_t>(ledger::kMaxBundleLength))
        return fail(ErrorCode::LimitExceeded, "this takes {} transactions, the limit is {}", transactions,
                    ledger::kMaxBundleLength);
    return sum;
}

std::string digestOf(const SendRequest& request) {
    std::string text;
    for (const auto& output : request.outputs)
        text += fmt::format("{} {} {} {}\n", output.address.view(), output.value.count(), output.tag.view(),
                            output.messageTrytes);
    return crypto::toHex(crypto::sha256(text));
}

bool isOutput(const SendRequest& request, const Address& address) {
    return std::ranges::any_of(request.outputs, [&](const SendOutput& o) { return o.address == address; });
}

std::vector<Address> addressesOf(const std::vector<Candidate>& candidates) {
    std::vector<Address> out;
    for (const auto& candidate : candidates) out.push_back(candidate.entry.address);
    return out;
}

}  // namespace

Task<std::optional<TransferId>> Spender::earlier(const SendRequest& request, const std::string& digest) {
    if (request.reference.empty()) co_return std::optional<TransferId>();
    auto work = [reference = request.reference](Connection& c) { return rows::byReference(c, reference); };
    PEGASUS_CO_TRY(const auto row, co_await context_.services.database.read(std::move(work)));
    if (!row) co_return std::optional<TransferId>();
    if (row->request != digest)
        co_return fail(ErrorCode::AlreadyExists, "reference {} was used for other outputs", request.reference);
    co_return std::optional<TransferId>(row->transfer.id);
}

Task<void> Spender::checkForeign(const SendRequest& request) {
    const auto status = co_await context_.services.ledger.status();
    for (const auto& output : request.outputs)
        if (output.address.view() == status.coordinatorAddress)
            co_return fail(ErrorCode::Refused, "{} is the address of milestones: the ledger takes nothing that goes there",
                           output.address.view());
    co_return Result<void>();
}

Task<void> Spender::checkOutputs(const SendRequest& request) {
    std::vector<Address> paid;
    for (const auto& output : request.outputs)
        if (output.value.count() > 0) paid.push_back(output.address);
    PEGASUS_CO_TRY(const auto spent, co_await ledger::fetchSpent(context_.services.ledger, paid));
    for (std::size_t i = 0; i < paid.size(); ++i)
        if (spent[i])
            co_return fail(ErrorCode::AddressSpent, "address {} was spent from: what is sent there can be stolen",
                           paid[i].view());
    PEGASUS_CO_TRY(const auto own, co_await context_.book.findMany(paid));
    for (const auto& entry : own)
        if (entry.state >= KeyState::Signed)
            co_return fail(ErrorCode::AddressSpent, "address {} of this wallet has signed", entry.address.view());
    co_return Result<void>();
}

Task<Spender::Choice> Spender::chooseInputs(const SendRequest& request, Iotas amount) {
    PEGASUS_CO_TRY(auto entries, co_await context_.book.entries(KeyState::HandedOut));
    // An address that also gets an output would be paid after it was spent from.
    std::erase_if(entries, [&](const KeyEntry& e) { return e.held || isOutput(request, e.address); });
    std::vector<Address> own;
    for (const auto& entry : entries) own.push_back(entry.address);
    PEGASUS_CO_TRY(const auto balances, co_await ledger::fetchBalances(context_.services.ledger, own));
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (balances[i].count() > 0)
            candidates.push_back({entries[i], balances[i], expectsMore && expectsMore(entries[i].address)});
    // Chosen again without those whose keys have signed elsewhere, until none of the chosen ones has.
    for (;;) {
        PEGASUS_CO_TRY(auto chosen, selectInputs(candidates, amount, context_.options.maxInputs));
        auto addresses = addressesOf(chosen);
        PEGASUS_CO_TRY(const auto uses,
                       co_await usedOnLedger(context_.services.ledger, context_.services.pool, std::move(addresses)));
        std::vector<keys::SpentKey> lost;
        for (std::size_t i = 0; i < chosen.size(); ++i)
            if (uses[i].used) lost.push_back({chosen[i].entry.key.index, uses[i].proof});
        if (lost.empty()) {
            const auto others = candidates.size() - chosen.size();
            co_return Choice{std::move(chosen), others};
        }
        std::erase_if(candidates, [&](const Candidate& c) {
            return std::ranges::any_of(lost, [&](const auto& key) { return key.index == c.entry.key.index; });
        });
        PEGASUS_CO_CHECK(co_await context_.book.markSpent(std::move(lost)));
    }
}

Task<std::size_t> Spender::countPending() {
    auto work = [](Connection& c) { return rows::openPayments(c); };
    PEGASUS_CO_TRY(const auto open, co_await context_.services.database.read(work));
    std::vector<Address> paid;
    for (const auto& row : open)
        for (const auto& transaction : row.transactions)
            if (transaction.value > 0) paid.push_back(transaction.address);
    PEGASUS_CO_TRY(const auto own, co_await context_.book.findMany(std::move(paid)));
    co_return static_cast<std::size_t>(
        std::ranges::count_if(own, [](const KeyEntry& e) { return e.state == KeyState::HandedOut && !e.held; }));
}

Task<Spender::Change> Spender::changeOf(Iotas left, Iotas amount, std::size_t others) {
    PEGASUS_CO_TRY(const auto pending, co_await countPending());
    Change change;
    change.parts = splitChange(left, amount, others + pending, context_.options.changeOutputs);
    PEGASUS_CO_TRY(change.keys, co_await addresses_.fresh(change.parts.size()));
    co_return change;
}

Task<model::BundleDraft> Spender::buildUnique(model::BundlePlan plan) {
    // Messages are outside the hash, so two of one second to one address would look like attachments of one bundle.
    for (int tries = 0; tries < kMostTimestamps; ++tries, ++plan.timestamp) {
        auto job = [plan] { return model::buildBundle(plan); };
        PEGASUS_CO_TRY(auto draft, co_await compute(context_.services.pool, std::move(job)));
        auto work = [bundle = draft.bundleHash](Connection& c) { return rows::byBundle(c, bundle); };
        PEGASUS_CO_TRY(const auto present, co_await context_.services.database.read(std::move(work)));
        if (!present) co_return std::move(draft);
    }
    co_return fail(ErrorCode::LimitExceeded, "{} equal transfers in one minute", kMostTimestamps);
}

Task<Spender::Plan> Spender::planFor(const SendRequest& request, Iotas amount) {
    Plan plan;
    model::BundlePlan bundle;
    bundle.timestamp = toSeconds(context_.services.clock.now());
    for (const auto& output : request.outputs)
        bundle.outputs.push_back({output.address, output.value, output.tag, output.messageTrytes});
    PEGASUS_CO_CHECK(co_await checkForeign(request));
    if (amount.count() > 0) {
        PEGASUS_CO_CHECK(co_await checkOutputs(request));
        PEGASUS_CO_TRY(const auto chosen, co_await chooseInputs(request, amount));
        Iotas sum;
        for (const auto& input : chosen.inputs) {
            PEGASUS_CO_TRY(sum, sum.plus(input.balance));
            bundle.inputs.push_back({input.entry.address, input.balance, input.entry.key.level, request.outputs[0].tag});
            plan.inputs.push_back(input.entry.key.index);
        }
        if (sum > amount) {
            const Iotas left(sum.count() - amount.count());
            PEGASUS_CO_TRY(const auto change, co_await changeOf(left, amount, chosen.others));
            for (std::size_t i = 0; i + 1 < change.parts.size(); ++i)
                bundle.outputs.push_back({change.keys[i].address, change.parts[i], request.outputs[0].tag, std::string()});
            bundle.remainder = change.keys.back().address;
            for (const auto& entry : change.keys) plan.change.push_back(entry.key.index);
        }
    }
    PEGASUS_CO_TRY(plan.draft, co_await buildUnique(std::move(bundle)));
    if (plan.draft.transactions.size() > static_cast<std::size_t>(ledger::kMaxBundleLength))
        co_return fail(ErrorCode::LimitExceeded, "this takes {} transactions, the limit is {}",
                       plan.draft.transactions.size(), ledger::kMaxBundleLength);
    co_return plan;
}

Task<HistoryEntry> Spender::historyFor(const SendRequest& request, const Plan& plan) {
    std::vector<Address> paid;
    for (const auto& output : request.outputs) paid.push_back(output.address);
    PEGASUS_CO_TRY(const auto own, co_await context_.book.findMany(std::move(paid)));
    HistoryEntry entry;
    entry.bundle = plan.draft.bundleHash;
    entry.direction = Direction::Internal;
    Iotas others;
    Iotas all;
    for (const auto& output : request.outputs) {
        PEGASUS_CO_TRY(all, all.plus(output.value));
        if (std::ranges::any_of(own, [&](const KeyEntry& e) { return e.address == output.address; })) continue;
        PEGASUS_CO_TRY(others, others.plus(output.value));
    }
    if (others.count() > 0) entry.direction = Direction::Outgoing;
    entry.amount = others.count() > 0 ? others : all;
    entry.state = TransferState::Pending;
    entry.label = request.label;
    co_return entry;
}

Task<rows::TransferRow> Spender::reserve(const SendRequest& request, std::string digest, Iotas amount, Plan plan) {
    PEGASUS_CO_TRY(auto history, co_await historyFor(request, plan));
    rows::TransferRow row;
    row.request = std::move(digest);
    row.transfer.reference = request.reference;
    row.transfer.label = request.label;
    row.transfer.bundle = plan.draft.bundleHash;
    row.transfer.state = amount.count() > 0 ? TransferState::Reserved : TransferState::Pending;
    row.transfer.amount = amount;
    row.transfer.created = context_.services.clock.now();
    row.transactions = std::move(plan.draft.transactions);
    history.time = row.transfer.created;
    auto work = [row, history, inputs = plan.inputs, change = plan.change](Connection& c) mutable
        -> Result<TransferId> {
        PEGASUS_TRY(const auto id, rows::insert(c, row));
        history.transfer = id;
        if (!inputs.empty()) PEGASUS_CHECK(rows::insertHistory(c, history));
        for (const auto index : change)
            PEGASUS_CHECK(keys::key_rows::handOut(c, kAccount, index, std::string(kRemainderPurpose), false));
        PEGASUS_CHECK(keys::key_rows::reserveForSigning(c, kAccount, inputs, row.transfer.bundle));
        return id;
    };
    PEGASUS_CO_TRY(row.transfer.id, co_await context_.services.database.write(std::move(work)));
    co_return row;
}

Task<TransferId> Spender::send(SendRequest request) {
    PEGASUS_CO_TRY(const Iotas amount, checkRequest(request));
    auto digest = digestOf(request);
    const auto guard = co_await context_.keysMutex.lock();
    PEGASUS_CO_TRY(const auto before, co_await earlier(request, digest));
    if (before) co_return *before;
    if (amount.count() > 0) {
        PEGASUS_CO_CHECK(context_.checkUsable());
        if (!context_.doubt.empty()) co_return fail(ErrorCode::InvalidState, "{}", context_.doubt);
        if (!context_.signer) co_return fail(ErrorCode::Locked, "the wallet is locked: unlock it to spend");
        context_.lastUse = context_.services.clock.steady();
    }
    PEGASUS_CO_TRY(auto plan, co_await planFor(request, amount));
    PEGASUS_CO_TRY(auto row, co_await reserve(request, std::move(digest), amount, std::move(plan)));
    const auto id = row.transfer.id;
    const auto bundle = row.transfer.bundle;
    // From here on it is a transfer: what fails now is made up for in the background.
    if (row.transfer.state == TransferState::Reserved) (void)co_await signReserved(std::move(row));
    if (context_.transferChanged) context_.transferChanged(id);
    if (amount.count() > 0 && context_.historyChanged) context_.historyChanged(bundle);
    if (context_.wake) context_.wake();
    co_return id;
}

Task<void> Spender::signReserved(rows::TransferRow row) {
    const auto signer = context_.signer;
    if (!signer) co_return fail(ErrorCode::Locked, "transfer {} waits for its signature", row.transfer.id);
    model::BundleDraft draft{std::move(row.transactions), row.transfer.bundle, {}};
    std::vector<keys::KeyRef> inputs;
    std::vector<crypto::KeyIndex> indices;
    for (std::size_t i = 0; i < draft.transactions.size(); ++i) {
        if (draft.transactions[i].value >= 0) continue;
        const Address address = draft.transactions[i].address;
        PEGASUS_CO_TRY(const auto entry, co_await context_.book.find(address));
        if (!entry) co_return fail(ErrorCode::Corrupt, "input {} is not one of the wallet", address.view());
        draft.inputStarts.push_back(i);
        inputs.push_back(entry->key);
        indices.push_back(entry->key.index);
    }
    // The reservation was made with the transfer; this fails if the book says otherwise.
    PEGASUS_CO_CHECK(co_await context_.book.reserveForSigning(std::move(indices), row.transfer.bundle));
    PEGASUS_CO_TRY(auto complete, co_await signer->sign(std::move(draft), std::move(inputs)));
    auto work = [id = row.transfer.id, complete = std::move(complete)](Connection& c) {
        return rows::storeSigned(c, id, complete);
    };
    co_return co_await context_.services.database.write(std::move(work));
}

}  // namespace pegasus::wallet
