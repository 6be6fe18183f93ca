// SPDX-License-Identifier: Apache-2.0
// LeafProbe: looks ahead in steps that grow, then between the last used leaf and the first unused one.
#include "stream/leaf_probe.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ledger/bundles.hpp"
#include "mam/transport.hpp"
#include "mam/tree.hpp"

namespace pegasus::stream {
namespace {

/// Distances from the leaf asked for: near ones all, since a node may have lost single messages.
constexpr std::array<std::uint64_t, 12> kAhead{0, 1, 2, 3, 6, 16, 64, 256, 1024, 4096, 16'384, 65'536};
/// Distances of the messages before it, of which one must be there: the newest may have been lost.
constexpr std::array<std::uint64_t, 6> kBehind{1, 2, 3, 8, 64, 1024};
constexpr std::uint64_t kParts = 32;           // a gap is looked at in so many places a round
constexpr std::size_t kMostAtOnce = 3000;      // transactions read in one go; 96 leaves of 3, each attached ten times
constexpr std::size_t kMostAtAddress = 300;    // one message takes up to 64, and a few attachments
constexpr int kMostRounds = 100;

std::uint64_t leafEnd() { return std::uint64_t{1} << 31; }

std::vector<std::uint64_t> ahead(std::uint64_t next) {
    std::vector<std::uint64_t> leaves;
    for (const auto distance : kAhead)
        if (next + distance < leafEnd()) leaves.push_back(next + distance);
    return leaves;
}

std::vector<std::uint64_t> behind(std::uint64_t next) {
    std::vector<std::uint64_t> leaves;
    for (const auto distance : kBehind)
        if (distance <= next) leaves.push_back(next - distance);
    return leaves;
}

/// Leaves strictly between `used` and `unused`, evenly spread, ascending.
std::vector<std::uint64_t> between(std::uint64_t used, std::uint64_t unused) {
    std::vector<std::uint64_t> leaves;
    const auto step = std::max<std::uint64_t>(1, (unused - used) / kParts);
    for (auto leaf = used + step; leaf < unused; leaf += step) leaves.push_back(leaf);
    return leaves;
}

}  // namespace

Task<Position> LeafProbe::locate(mam::ChannelKeys keys, crypto::SecurityLevel security, std::uint64_t next) {
    Position position{.next = next};
    const auto past = behind(next);
    PEGASUS_CO_TRY(const auto before, co_await look(keys, security, past));
    position.anchored = std::ranges::find(before, Use::Used) != before.end();
    for (int round = 0; round < kMostRounds; ++round) {
        const auto leaves = ahead(position.next);
        PEGASUS_CO_TRY(const auto uses, co_await look(keys, security, leaves));
        position.clear = std::ranges::find(uses, Use::Unclear) == uses.end();
        const auto used = std::find(uses.rbegin(), uses.rend(), Use::Used);
        if (!position.clear || used == uses.rend()) co_return position;
        position.anchored = true;
        const auto last = static_cast<std::size_t>(uses.rend() - used) - 1;
        Gap gap{leaves[last], last + 1 < leaves.size() ? leaves[last + 1] : leaves[last] + 1};
        PEGASUS_CO_TRY(position.next, co_await closeGap(keys, security, gap));
    }
    position.clear = false;
    co_return position;
}

/// The first unused leaf of a gap, if they are used in order.
Task<std::uint64_t> LeafProbe::closeGap(const mam::ChannelKeys& keys, crypto::SecurityLevel security, Gap gap) {
    while (gap.unused - gap.used > 1) {
        const auto leaves = between(gap.used, gap.unused);
        PEGASUS_CO_TRY(const auto uses, co_await look(keys, security, leaves));
        const auto used = std::find_if(uses.rbegin(), uses.rend(), [](Use use) { return use != Use::Free; });
        const auto count = static_cast<std::size_t>(uses.rend() - used);  // leaves up to the last used one
        if (count < leaves.size()) gap.unused = leaves[count];
        if (count > 0) gap.used = leaves[count - 1];
    }
    co_return gap.unused;
}

Task<std::vector<LeafProbe::Use>> LeafProbe::look(const mam::ChannelKeys& keys, crypto::SecurityLevel security,
                                                  Leaves leaves) {
    auto derive = [seed = keys.seed.clone(), security, leaves = std::move(leaves)]() -> Result<std::vector<trinary::Hash>> {
        std::vector<trinary::Hash> roots;
        for (const auto leaf : leaves) {
            PEGASUS_TRY(const auto tree, mam::Tree::build(seed, leaf, 1, security));
            roots.push_back(tree.root());
        }
        return roots;
    };
    PEGASUS_CO_TRY(auto roots, co_await compute(pool_, std::move(derive)));
    if (roots.empty()) co_return std::vector<Use>();
    std::vector<model::Address> addresses;
    for (const auto& root : roots) addresses.push_back(mam::addressOf(root, mam::Mode::Restricted));
    auto found = co_await at(std::move(addresses));
    if (!found && found.error().code == ErrorCode::LimitExceeded) co_return co_await oneByOne(keys, std::move(roots));
    if (!found) co_return fail(found.error());
    co_return co_await usesOf(keys, std::move(roots), std::move(*found));
}

/// LimitExceeded: more than can be read.
Task<std::vector<model::AttachedTransaction>> LeafProbe::at(std::vector<model::Address> addresses) {
    const auto most = addresses.size() == 1 ? kMostAtAddress : kMostAtOnce;
    ledger::TransactionQuery query;
    query.addresses = std::move(addresses);
    PEGASUS_CO_TRY(auto hashes, co_await ledger_.find(std::move(query)));
    if (hashes.size() > most) co_return fail(ErrorCode::LimitExceeded, "{} transactions at an address", hashes.size());
    std::vector<model::AttachedTransaction> found;
    if (hashes.empty()) co_return found;
    PEGASUS_CO_TRY(auto answer, co_await ledger::fetchTransactions(ledger_, std::move(hashes)));
    for (auto& one : answer)
        if (one) found.push_back(std::move(*one));
    co_return found;
}

Task<std::vector<LeafProbe::Use>> LeafProbe::oneByOne(const mam::ChannelKeys& keys, std::vector<trinary::Hash> roots) {
    std::vector<Use> uses;
    for (const auto& root : roots) {
        std::vector<model::Address> address{mam::addressOf(root, mam::Mode::Restricted)};
        auto found = co_await at(std::move(address));
        if (!found && found.error().code != ErrorCode::LimitExceeded) co_return fail(found.error());
        if (!found) {
            uses.push_back(Use::Unclear);
            continue;
        }
        std::vector<trinary::Hash> one{root};
        PEGASUS_CO_TRY(const auto use, co_await usesOf(keys, std::move(one), std::move(*found)));
        uses.push_back(use.front());
    }
    co_return uses;
}

Task<std::vector<LeafProbe::Use>> LeafProbe::usesOf(const mam::ChannelKeys& keys, std::vector<trinary::Hash> roots,
                                                    std::vector<model::AttachedTransaction> found) {
    auto decode = [sideKey = keys.sideKey.clone(), roots = std::move(roots), found = std::move(found)] {
        std::vector<Use> uses;
        for (const auto& root : roots) {
            const auto collected = mam::collect(found, root, mam::Mode::Restricted, sideKey);
            uses.push_back(!collected.messages.empty() ? Use::Used
                           : collected.incomplete > 0  ? Use::Unclear
                                                       : Use::Free);
        }
        return Result<std::vector<Use>>(std::move(uses));
    };
    co_return co_await compute(pool_, std::move(decode));
}

Task<bool> LeafProbe::foreignMessage(mam::ChannelKeys keys, std::vector<Spot*> spots) {
    ledger::TransactionQuery query;
    for (const auto* spot : spots) query.addresses.push_back(mam::addressOf(spot->root, mam::Mode::Restricted));
    const auto hashes = co_await ledger_.find(std::move(query));
    if (!hashes && hashes.error().code == ErrorCode::LimitExceeded) co_return false;
    if (!hashes) co_return fail(hashes.error());
    std::vector<model::Hash> fresh;
    for (const auto& hash : *hashes)
        if (std::ranges::none_of(spots, [&](const Spot* spot) { return spot->known.contains(hash); })) fresh.push_back(hash);
    if (fresh.empty() || fresh.size() > kMostAtAddress) co_return false;
    PEGASUS_CO_TRY(const auto answer, co_await ledger::fetchTransactions(ledger_, std::move(fresh)));
    std::vector<model::AttachedTransaction> found;
    for (const auto& one : answer)
        if (one) found.push_back(*one);
    bool foreign = false;
    for (auto* spot : spots) {
        auto decode = [sideKey = keys.sideKey.clone(), root = spot->root, found] {
            return Result<mam::Collected>(mam::collect(found, root, mam::Mode::Restricted, sideKey));
        };
        PEGASUS_CO_TRY(const auto collected, co_await compute(pool_, std::move(decode)));
        for (const auto& message : collected.messages) foreign = foreign || message.message.message != spot->message;
        if (collected.incomplete > 0) continue;  // the rest may be on its way
        const auto address = mam::addressOf(spot->root, mam::Mode::Restricted);
        for (const auto& one : found)
            if (one.transaction.address == address) spot->known.insert(one.hash);
    }
    co_return foreign;
}

}  // namespace pegasus::stream
