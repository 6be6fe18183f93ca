// SPDX-License-Identifier: Apache-2.0
// RemoteLedger: readings that go on where they were. A cursor is the node's own behind the place of the node in the list: "1:n7.12".
#include <charconv>

#include "iri/client_impl.hpp"

namespace pegasus::iri {

namespace {

bool readsOn(const Node& node) {
    return node.kind == NodeKind::Pegasus && node.info && std::ranges::find(node.info->features, kReadingOn) != node.info->features.end();
}

struct Cursor {
    std::size_t node = SIZE_MAX;
    std::string after;
};

Cursor split(const std::string& cursor) {
    Cursor parts;
    const auto colon = cursor.find(':');
    if (colon == std::string::npos) return parts;
    std::from_chars(cursor.data(), cursor.data() + colon, parts.node);
    parts.after = cursor.substr(colon + 1);
    return parts;
}

}  // namespace

Task<ledger::FoundPage> RemoteLedger::Impl::findNext(ledger::TransactionQuery query, std::string cursor, std::size_t limit) {
    if (!query.approvees.empty() || limit == 0 || limit > ledger::kMaxHashesPerCall)
        co_return fail(ErrorCode::InvalidArgument, "addresses, bundles or tags are read in steps of 1 to {}", ledger::kMaxHashesPerCall);
    auto request = findRequest(std::move(query));
    request.limit = static_cast<std::int64_t>(limit);
    const auto known = split(cursor);
    const bool fresh = cursor.empty() || cursor == ledger::kFromNow;
    const Attempt<ledger::FoundPage> attempt = [&](Node& node, SteadyTime deadline) -> Task<ledger::FoundPage> {
        if (!readsOn(node)) co_return co_await findAll(node, request, deadline);
        const auto place = static_cast<std::size_t>(&node - nodes_.nodes().data());
        auto find = request;
        const bool lost = !fresh && known.node != place;
        find.after = lost ? std::string(ledger::kFromNow) : fresh ? cursor : known.after;
        PEGASUS_CO_TRY(auto page, co_await readOn(node, find, deadline));
        page.restarted = page.restarted || lost;
        page.cursor = fmt::format("{}:{}", place, page.cursor);
        co_return page;
    };
    co_return co_await nodes_.each<ledger::FoundPage>(attempt);
}

Task<ledger::FoundPage> RemoteLedger::Impl::readOn(Node& node, const FindTransactions& find, SteadyTime deadline) {
    const Request request = find;
    PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<HashesAnswer>(node, request, deadline, ledger::kMaxHashesPerCall, kSmallEntry));
    if (!answer.cursor) co_return fail(nodes_.distrust(node, "a step of a reading without a cursor"));
    ledger::FoundPage page;
    page.hashes = std::move(answer.hashes);
    page.cursor = std::move(*answer.cursor);
    page.more = answer.more;
    page.restarted = answer.restarted;
    co_return page;
}

/// Of a node without cursors: what it shows.
Task<ledger::FoundPage> RemoteLedger::Impl::findAll(Node& node, const FindTransactions& find, SteadyTime deadline) {
    auto plain = find;
    plain.limit = 0;
    plain.valueOnly = find.valueOnly && node.kind == NodeKind::Hornet;
    const Request request = std::move(plain);
    auto answer = co_await nodes_.ask<HashesAnswer>(node, request, deadline, kMaxFound, kSmallEntry);
    ledger::FoundPage page;
    if (!answer && answer.error().code == ErrorCode::LimitExceeded) {
        page.cut = true;
        co_return page;
    }
    if (!answer) co_return fail(answer.error());
    page.hashes = std::move(answer->hashes);
    page.cut = node.kind == NodeKind::Hornet && page.hashes.size() >= kHornetFoundLimit;
    co_return page;
}

}  // namespace pegasus::iri
