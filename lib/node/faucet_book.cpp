// SPDX-License-Identifier: Apache-2.0
// Statements over node_request and node_payout.
#include "node/faucet_book.hpp"

namespace pegasus::node {
namespace {

constexpr std::int64_t kClosed = 1;
constexpr std::int64_t kFailed = 2;
constexpr Duration kWindow = 24h;
constexpr const char* kKey = "treasury-key";

}  // namespace

FaucetBook::FaucetBook(store::Connection& c)
    : state_(c),
      sumAddress_(c,
                  "SELECT coalesce(sum(amount), 0), min(asked) FROM node_request WHERE asked > ? "
                  "AND address = ?"),
      sumPeer_(c,
               "SELECT coalesce(sum(amount), 0), min(asked) FROM node_request WHERE asked > ? AND "
               "peer = ?"),
      sumAll_(c, "SELECT coalesce(sum(amount), 0), min(asked) FROM node_request WHERE asked > ?"),
      waiting_(c,
               "SELECT count(*), coalesce(sum(amount), 0) FROM node_request WHERE payout IS NULL"),
      ask_(c, "INSERT INTO node_request (address, peer, amount, asked) VALUES (?, ?, ?, ?)"),
      open_(c, "SELECT id FROM node_payout WHERE state = 0 ORDER BY id LIMIT 1"),
      outputs_(c, "SELECT address, amount FROM node_request WHERE payout = ? ORDER BY id"),
      candidates_(c,
                  "SELECT id, amount, address FROM node_request WHERE payout IS NULL ORDER BY id LIMIT ?"),
      plan_(c, "INSERT INTO node_payout (key, balance, timestamp, state) VALUES (?, ?, ?, 0)"),
      assign_(c, "UPDATE node_request SET payout = ? WHERE id = ?"),
      attached_(c, "UPDATE node_payout SET bundle = ?2, tail = ?3 WHERE id = ?1"),
      setState_(c, "UPDATE node_payout SET state = ?2 WHERE id = ?1"),
      failed_(c, "SELECT 1 FROM node_payout WHERE state = 2 LIMIT 1"),
      purge_(c,
             "DELETE FROM node_request WHERE asked < ? AND payout IN (SELECT id FROM node_payout "
             "WHERE state = 1)"),
      purgePayouts_(c,
                    "DELETE FROM node_payout WHERE state = 1 AND id NOT IN "
                    "(SELECT payout FROM node_request WHERE payout IS NOT NULL)"),
      bundleOf_(c,
                "SELECT p.bundle FROM node_request r LEFT JOIN node_payout p ON p.id = r.payout WHERE "
                "r.id = ?"),
      connection_(c) {}

Result<void> FaucetBook::checkLimit(Prepared& statement, const std::string* key,
                                    std::string_view what, model::Iotas limit, model::Iotas amount,
                                    Timestamp now) {
    const auto since = toMicros(now - kWindow);
    auto rows = key == nullptr ? statement.rows(since) : statement.rows(since, *key);
    if (!rows.next() || rows.integer(0) + amount.count() <= limit.count()) return {};
    const auto again = rows.null(1) ? kWindow : fromMicros(rows.integer(1)) + kWindow - now;
    return pegasus::fail(ErrorCode::LimitExceeded,
                         "the faucet gives {} i in 24 hours {}: ask again in {} min", limit.count(),
                         what, std::chrono::ceil<std::chrono::minutes>(again).count());
}

Result<std::int64_t> FaucetBook::ask(const Question& question, const FaucetLimits& limits,
                                     std::int64_t available) {
    if (failed())
        return pegasus::fail(ErrorCode::InvalidState,
                             "the faucet's last payment was refused by the ledger");
    const auto address = question.address.str();
    PEGASUS_CHECK(checkLimit(sumAddress_, &address, "to one address", limits.perAddress,
                             limits.perRequest, question.now));
    PEGASUS_CHECK(checkLimit(sumPeer_, &question.peer, "to one peer", limits.perPeer,
                             limits.perRequest, question.now));
    PEGASUS_CHECK(
        checkLimit(sumAll_, nullptr, "in total", limits.total, limits.perRequest, question.now));
    {
        auto rows = waiting_.rows();
        (void)rows.next();  // an aggregate always has a row
        if (rows.integer(0) >= static_cast<std::int64_t>(limits.maxQueued))
            return pegasus::fail(ErrorCode::LimitExceeded,
                                 "{} requests wait for the faucet: ask again in a minute",
                                 rows.integer(0));
        if (rows.integer(1) + limits.perRequest.count() > available)
            return pegasus::fail(ErrorCode::InsufficientFunds, "the treasury has {} i left",
                                 available);
    }
    ask_.run(address, question.peer, limits.perRequest.count(), toMicros(question.now));
    return connection_.getLastInsertRowid();
}

Result<std::optional<Payout>> FaucetBook::open() {
    std::int64_t id = 0;
    {
        auto rows = open_.rows();
        if (!rows.next()) return std::optional<Payout>();
        id = rows.integer(0);
    }
    PEGASUS_TRY(auto payout, load(id));
    return std::optional(std::move(payout));
}

Result<Payout> FaucetBook::load(std::int64_t id) {
    Prepared statement(
        connection_, "SELECT key, balance, timestamp, bundle, tail FROM node_payout WHERE id = ?");
    auto rows = statement.rows(id);
    if (!rows.next()) return pegasus::fail(ErrorCode::Internal, "no payout {}", id);
    Payout payout;
    payout.id = id;
    payout.key = static_cast<crypto::KeyIndex>(rows.integer(0));
    payout.balance = rows.integer(1);
    payout.timestamp = rows.integer(2);
    if (!rows.null(3)) {
        PEGASUS_TRY(payout.bundle, model::Hash::parse(rows.text(3)));
        PEGASUS_TRY(payout.tail, model::Hash::parse(rows.text(4)));
    }
    auto outputs = outputs_.rows(id);
    while (outputs.next()) {
        PEGASUS_TRY(const auto address, model::Address::parse(outputs.text(0)));
        payout.outputs.push_back({address, outputs.integer(1)});
    }
    return payout;
}

crypto::KeyIndex FaucetBook::nextKey() {
    return static_cast<crypto::KeyIndex>(state_.integer(kKey).value_or(0));
}

bool FaucetBook::queued() {
    auto rows = waiting_.rows();
    return rows.next() && rows.integer(0) > 0;
}

Result<std::optional<Payout>> FaucetBook::plan(std::int64_t balance, Timestamp now) {
    if (failed()) return std::optional<Payout>();
    std::vector<std::int64_t> chosen;
    {
        std::int64_t sum = 0;
        auto rows = candidates_.rows(kMaxOutputs);
        while (rows.next() && sum + rows.integer(1) <= balance) {
            chosen.push_back(rows.integer(0));
            sum += rows.integer(1);
        }
    }
    if (chosen.empty()) return std::optional<Payout>();
    const auto key = static_cast<std::int64_t>(nextKey());
    plan_.run(key, balance, toSeconds(now));
    const auto id = connection_.getLastInsertRowid();
    for (const auto request : chosen) assign_.run(id, request);
    state_.put(kKey, key + 1);
    PEGASUS_TRY(auto payout, load(id));
    return std::optional(std::move(payout));
}

Result<std::vector<model::Address>> FaucetBook::candidates() {
    std::vector<model::Address> addresses;
    auto rows = candidates_.rows(kMaxOutputs);
    while (rows.next()) {
        PEGASUS_TRY(addresses.emplace_back(), model::Address::parse(rows.text(2)));
    }
    return addresses;
}

void FaucetBook::drop(const model::Address& address) {
    Prepared(connection_, "DELETE FROM node_request WHERE payout IS NULL AND address = ?").run(address.str());
}

void FaucetBook::drop(std::int64_t payout, const model::Address& address) {
    Prepared(connection_, "DELETE FROM node_request WHERE payout = ? AND address = ?").run(payout, address.str());
}

void FaucetBook::attached(std::int64_t payout, const model::Hash& bundle, const model::Hash& tail) {
    attached_.run(payout, bundle.str(), tail.str());
}

void FaucetBook::close(std::int64_t payout, Timestamp now) {
    setState_.run(payout, kClosed);
    purge_.run(toMicros(now - kWindow));
    purgePayouts_.run();
}

void FaucetBook::fail(std::int64_t payout) { setState_.run(payout, kFailed); }

bool FaucetBook::failed() { return failed_.rows().next(); }

Result<std::optional<model::Hash>> FaucetBook::bundleOf(std::int64_t request) {
    auto rows = bundleOf_.rows(request);
    if (!rows.next()) return pegasus::fail(ErrorCode::AddressSpent, "the address has signed meanwhile: give a new one");
    if (rows.null(0)) return std::optional<model::Hash>();
    PEGASUS_TRY(const auto hash, model::Hash::parse(rows.text(0)));
    return std::optional(hash);
}

}  // namespace pegasus::node
