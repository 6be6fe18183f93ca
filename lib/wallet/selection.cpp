// SPDX-License-Identifier: Apache-2.0
// Input selection.
#include "wallet/selection.hpp"

#include <algorithm>
#include <utility>

namespace pegasus::wallet {

Result<std::vector<Candidate>> selectInputs(std::vector<Candidate> candidates, model::Iotas target, std::size_t most) {
    std::erase_if(candidates, [](const Candidate& c) { return c.balance.count() <= 0; });
    std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
        if (a.expectsMore != b.expectsMore) return b.expectsMore;
        if (a.balance != b.balance) return a.balance > b.balance;
        return a.entry.key.index < b.entry.key.index;
    });
    // Sorted by falling balance, so the last one that is enough is the smallest.
    const auto enough = std::find_if(candidates.rbegin(), candidates.rend(), [&](const Candidate& c) {
        return !c.expectsMore && c.balance >= target;
    });
    if (enough != candidates.rend()) return std::vector<Candidate>{std::move(*enough)};

    std::vector<Candidate> chosen;
    model::Iotas sum;
    for (auto& candidate : candidates) {
        if (sum >= target) break;
        PEGASUS_TRY(sum, sum.plus(candidate.balance));
        chosen.push_back(std::move(candidate));
    }
    if (sum < target)
        return fail(ErrorCode::InsufficientFunds, "{} i are confirmed and free to spend, expected {} i", sum.count(),
                    target.count());
    if (chosen.size() > most)
        return fail(ErrorCode::LimitExceeded, "{} i take {} inputs, the limit is {}: send less at a time",
                    target.count(), chosen.size(), most);
    return chosen;
}

std::vector<model::Iotas> splitChange(model::Iotas left, model::Iotas amount, std::size_t present, std::size_t wanted) {
    constexpr std::int64_t kMostParts = 4;  // each is a transaction, whose proof of work somebody waits for
    const auto missing = static_cast<std::int64_t>(wanted - std::min(wanted, present));
    const auto enough = left.count() / std::max<std::int64_t>(1, amount.count());
    const auto parts = std::max<std::int64_t>(1, std::min({missing, enough, kMostParts}));
    std::vector<model::Iotas> out(static_cast<std::size_t>(parts), model::Iotas(left.count() / parts));
    out.back() = model::Iotas(left.count() / parts + left.count() % parts);
    return out;
}

}  // namespace pegasus::wallet
