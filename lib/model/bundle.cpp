// SPDX-License-Identifier: Apache-2.0
// Building, signing and attaching bundles, in the layout of the original client library.
#include "model/bundle.hpp"

#include <algorithm>
#include <unordered_set>

#include "crypto/kerl.hpp"
#include "model/essence.hpp"

namespace pegasus::model {
namespace {

constexpr std::size_t kFragmentTrytes = Fragment::kTrytes;
// Some 200 increments are usual; a million without success means that something else is wrong.
constexpr std::uint64_t kMaxIncrements = 1'000'000;

Result<void> checkOutputs(const BundlePlan& plan) {
    if (plan.outputs.empty()) return fail(ErrorCode::InvalidArgument, "bundle without outputs, expected at least one");
    for (const auto& output : plan.outputs) {
        if (output.value < Iotas())
            return fail(ErrorCode::InvalidArgument, "output of {} i, expected none or more", output.value.count());
        if (output.value > Iotas() && !endsInZeroTrit(output.address))
            return fail(ErrorCode::InvalidArgument, "output to {}, which cannot hold a value", output.address.view());
        if (!trinary::isTrytes(output.messageTrytes))
            return fail(ErrorCode::InvalidArgument, "message has characters other than 9 and A-Z");
    }
    return {};
}

Result<void> checkInputs(const BundlePlan& plan) {
    std::unordered_set<Address> seen;
    for (const auto& input : plan.inputs) {
        if (input.balance <= Iotas())
            return fail(ErrorCode::InvalidArgument, "input of {} i, expected more than none", input.balance.count());
        if (!endsInZeroTrit(input.address))
            return fail(ErrorCode::InvalidArgument, "input from {}, which cannot hold a value", input.address.view());
        if (!seen.insert(input.address).second)
            return fail(ErrorCode::InvalidArgument, "address {} is an input twice", input.address.view());
    }
    return {};
}

/// What the inputs exceed the outputs by.
Result<Iotas> remainderOf(const BundlePlan& plan) {
    Iotas in;
    Iotas out;
    for (const auto& input : plan.inputs) {
        PEGASUS_TRY(in, in.plus(input.balance));
    }
    for (const auto& output : plan.outputs) {
        PEGASUS_TRY(out, out.plus(output.value));
    }
    if (in < out)
        return fail(ErrorCode::InvalidArgument, "inputs of {} i do not cover outputs of {} i", in.count(), out.count());
    if (in > out && !plan.remainder)
        return fail(ErrorCode::InvalidArgument, "inputs exceed outputs by {} i, but there is no remainder address",
                    in.count() - out.count());
    return in.minus(out);
}

/// Collects transactions of one bundle.
class Layout {
public:
    explicit Layout(std::int64_t timestamp) : timestamp_(timestamp) {}

    void add(const Address& address, std::int64_t value, const Tag& tag, std::string_view message = {}) {
        Transaction t;
        t.signatureMessageFragment = *Fragment::parsePadded(message);
        t.address = address;
        t.value = value;
        t.obsoleteTag = tag;
        t.tag = tag;
        t.timestamp = timestamp_;
        transactions_.push_back(std::move(t));
    }
    /// The client library starts a new fragment whenever one is full, so a message that ends there gets an empty one.
    void addOutput(const Output& output) {
        const std::string_view message = output.messageTrytes;
        for (std::size_t at = 0; at <= message.size(); at += kFragmentTrytes)
            add(output.address, at == 0 ? output.value.count() : 0, output.tag, message.substr(at, kFragmentTrytes));
    }
    void addInput(const Input& input) {
        for (std::size_t i = 0; i < crypto::levelCount(input.security); ++i)
            add(input.address, i == 0 ? -input.balance.count() : 0, input.tag);
    }
    [[nodiscard]] std::size_t size() const { return transactions_.size(); }
    std::vector<Transaction> finish() {
        for (std::size_t i = 0; i < transactions_.size(); ++i) {
            transactions_[i].currentIndex = static_cast<std::int64_t>(i);
            transactions_[i].lastIndex = static_cast<std::int64_t>(transactions_.size() - 1);
        }
        return std::move(transactions_);
    }

private:
    std::int64_t timestamp_;
    std::vector<Transaction> transactions_;
};

Result<BundleDraft> layOut(const BundlePlan& plan) {
    PEGASUS_CHECK(checkOutputs(plan));
    PEGASUS_CHECK(checkInputs(plan));
    PEGASUS_TRY(const auto rest, remainderOf(plan));
    if (plan.timestamp < 0 || plan.timestamp > kMaxTimestampValue)
        return fail(ErrorCode::InvalidArgument, "bundle timestamp {} s does not fit", plan.timestamp);
    if (plan.remainder && !endsInZeroTrit(*plan.remainder))
        return fail(ErrorCode::InvalidArgument, "remainder to {}, which cannot hold a value", plan.remainder->view());
    BundleDraft draft;
    Layout layout(plan.timestamp);
    for (const auto& output : plan.outputs) layout.addOutput(output);
    for (const auto& input : plan.inputs) {
        draft.inputStarts.push_back(layout.size());
        layout.addInput(input);
    }
    if (rest > Iotas()) layout.add(*plan.remainder, rest.count(), Tag());
    draft.transactions = layout.finish();
    return draft;
}

std::vector<crypto::KerlBlock> essenceBlocks(std::span<const Transaction> transactions) {
    std::vector<crypto::KerlBlock> blocks;
    blocks.reserve(transactions.size() * 2);
    for (const auto& t : transactions) {
        const auto trytes = essence(t);
        for (std::size_t at = 0; at < kEssenceTrytes; at += trinary::kHashTrytes)
            blocks.push_back(crypto::kerlBlock(std::string_view(trytes).substr(at, trinary::kHashTrytes)));
    }
    return blocks;
}

Hash hashOf(std::span<const crypto::KerlBlock> blocks) {
    crypto::Kerl kerl;
    for (const auto& block : blocks) kerl.absorb(block);
    return kerl.squeezeHash();
}

/// The tag plus one, over 81 trits, wrapping.
Tag incremented(const Tag& tag) {
    auto trytes = tag.str();
    for (auto& tryte : trytes) {
        const int value = trinary::tryteValue(tryte);
        tryte = trinary::tryteChar(value == 13 ? -13 : value + 1);
        if (value != 13) break;
    }
    return *Tag::parse(trytes);
}

std::vector<Transaction> withBundleHash(std::vector<Transaction> transactions, const Hash& hash) {
    for (auto& t : transactions) t.bundle = hash;
    return transactions;
}

/// End of the run of zero-value transactions that continue the signature of the input at `start`.
std::size_t signatureEnd(std::span<const Transaction> transactions, std::size_t start) {
    std::size_t end = start + 1;
    while (end < transactions.size() && transactions[end].value == 0 &&
           transactions[end].address == transactions[start].address)
        ++end;
    return end;
}

}  // namespace

Hash bundleHash(std::span<const Transaction> transactions) { return hashOf(essenceBlocks(transactions)); }

Result<Finalized> finalizeBundle(std::vector<Transaction> transactions) {
    if (transactions.empty()) return fail(ErrorCode::InvalidArgument, "bundle without transactions");
    Finalized result;
    auto blocks = essenceBlocks(transactions);
    auto hash = hashOf(blocks);
    while (crypto::containsThirteen(crypto::normalize(hash))) {
        if (++result.increments > kMaxIncrements)
            return fail(ErrorCode::LimitExceeded, "no bundle hash without a 13 in {} increments", kMaxIncrements);
        auto& first = transactions.front();
        first.obsoleteTag = incremented(first.obsoleteTag);
        blocks[1] = crypto::kerlBlock(std::string_view(essence(first)).substr(trinary::kHashTrytes));
        hash = hashOf(blocks);
    }
    result.transactions = withBundleHash(std::move(transactions), hash);
    return result;
}

Result<BundleDraft> buildBundle(const BundlePlan& plan) {
    PEGASUS_TRY(auto draft, layOut(plan));
    PEGASUS_TRY(auto finalized, finalizeBundle(std::move(draft.transactions)));
    draft.transactions = std::move(finalized.transactions);
    draft.bundleHash = draft.transactions.front().bundle;
    return draft;
}

Result<BundleDraft> buildUnincremented(const BundlePlan& plan) {
    PEGASUS_TRY(auto draft, layOut(plan));
    draft.bundleHash = bundleHash(draft.transactions);
    draft.transactions = withBundleHash(std::move(draft.transactions), draft.bundleHash);
    return draft;
}

Result<void> putSignature(BundleDraft& draft, std::size_t inputIndex, std::span<const Fragment> fragments) {
    if (inputIndex >= draft.inputStarts.size())
        return fail(ErrorCode::InvalidArgument, "input {} of {}", inputIndex, draft.inputStarts.size());
    const auto start = draft.inputStarts[inputIndex];
    const auto count = signatureEnd(draft.transactions, start) - start;
    if (fragments.size() != count)
        return fail(ErrorCode::InvalidArgument, "signature of {} fragments, expected {}", fragments.size(), count);
    for (std::size_t i = 0; i < count; ++i) draft.transactions[start + i].signatureMessageFragment = fragments[i];
    return {};
}

Attaching::Attaching(std::vector<Transaction> transactions, const Hash& trunk, const Hash& branch, Timestamp now)
    : transactions_(std::move(transactions)), trunk_(trunk), branch_(branch), now_(now) {
    attached_.reserve(transactions_.size());
    prepare();
}

void Attaching::prepare() {
    if (done()) return;
    auto& t = current();
    const bool isHead = attached_.empty();
    t.trunkTransaction = isHead ? trunk_ : attached_.back().hash;
    t.branchTransaction = isHead ? branch_ : trunk_;
    if (t.tag.isNull()) t.tag = t.obsoleteTag;
    t.attachmentTimestamp = toMillis(now_);
    t.attachmentTimestampLowerBound = 0;
    t.attachmentTimestampUpperBound = kMaxTimestampValue;
    t.nonce = Nonce();
}

TransactionTrytes Attaching::wanted() const { return serialize(transactions_[transactions_.size() - 1 - attached_.size()]); }

void Attaching::put(const Nonce& nonce) {
    auto& t = current();
    t.nonce = nonce;
    const auto trytes = serialize(t);
    attached_.push_back({std::move(t), trytes, transactionHash(trytes)});
    prepare();
}

std::vector<AttachedTransaction> Attaching::take() && {
    std::ranges::reverse(attached_);
    return std::move(attached_);
}

Result<std::vector<AttachedTransaction>> attachBundle(std::vector<Transaction> transactions, const Hash& trunk,
                                                      const Hash& branch, Timestamp now, const NonceSearch& search) {
    Attaching attaching(std::move(transactions), trunk, branch, now);
    while (!attaching.done()) {
        PEGASUS_TRY(const auto nonce, search(attaching.wanted()));
        attaching.put(nonce);
    }
    return std::move(attaching).take();
}

std::string messageTrytes(std::span<const Transaction> transactions) {
    std::string message;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        const auto& t = transactions[i];
        const bool belongs = i == 0 ? t.value >= 0 : t.value == 0 && t.address == transactions[0].address;
        if (!belongs) break;
        message += t.signatureMessageFragment.view();
    }
    return message;
}

}  // namespace pegasus::model
