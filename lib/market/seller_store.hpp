// SPDX-License-Identifier: Apache-2.0
// What the seller keeps: listings and confirmed payments. Functions run on the database thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "market/rows.hpp"

namespace pegasus::market::seller_store {

struct ListingRow {
    std::string stream;
    std::int64_t seq = 0;
    Address address;  ///< all 9s: the sale is closed
    Iotas price;
    std::string text;
    ListingTerms terms;  ///< not a column: what `text` says, filled in by ListingDesk; of a closing one empty
    Timestamp created;
    std::optional<Hash> bundle;
    std::optional<Timestamp> confirmed, superseded;
    [[nodiscard]] bool closed() const { return address == Address(); }
};

struct PaymentRow {
    Payment payment;
    std::string request;  ///< message trytes; empty: none is known
    std::string reply;    ///< message trytes; empty: not made yet, or confirmed
    std::uint64_t epoch = 0;
};

[[nodiscard]] Result<std::vector<std::uint8_t>> deviceKey(store::Connection& db);  ///< sealed; empty: none
[[nodiscard]] Result<void> putDeviceKey(store::Connection& db, const std::vector<std::uint8_t>& sealed);

/// What the operator wants to be sold; true: at another address than before.
[[nodiscard]] Result<std::map<std::string, bool>> sales(store::Connection& db);
[[nodiscard]] Result<void> putSale(store::Connection& db, const std::string& stream, bool fresh);
[[nodiscard]] Result<void> dropSale(store::Connection& db, const std::string& stream);

[[nodiscard]] Result<std::vector<ListingRow>> listings(store::Connection& db);  ///< by stream and seq
[[nodiscard]] Result<void> putListing(store::Connection& db, const ListingRow& row);
[[nodiscard]] Result<void> setListingBundle(store::Connection& db, const std::string& stream, std::int64_t seq, const Hash& bundle);
/// Confirms one listing and supersedes the older ones of the stream.
[[nodiscard]] Result<void> confirmListing(store::Connection& db, const std::string& stream, std::int64_t seq, Timestamp now);
[[nodiscard]] Result<void> dropListing(store::Connection& db, const std::string& stream, std::int64_t seq);

/// Makes or rewrites the row.
[[nodiscard]] Result<void> putPayment(store::Connection& db, const PaymentRow& row);
/// Makes the row, or completes one that is held for its request. False: it is decided already, and stays as it is.
[[nodiscard]] Result<bool> acceptPayment(store::Connection& db, const PaymentRow& row);
/// Confirmed: it is served from now on; Refused: never. InvalidState: it is not held, or nobody could be served. NotFound.
[[nodiscard]] Result<PaymentRow> endHold(store::Connection& db, const Hash& bundle, PaymentState to);
[[nodiscard]] Result<std::optional<PaymentRow>> payment(store::Connection& db, const Hash& bundle);
/// Newest first, seen before `before`.
[[nodiscard]] Result<std::vector<PaymentRow>> payments(store::Connection& db, std::size_t limit, std::optional<Timestamp> before);
/// What is not at its end: confirmed, delivering, and delivered with an unconfirmed reply.
[[nodiscard]] Result<std::vector<PaymentRow>> openPayments(store::Connection& db);
/// Those that are held until readings come.
[[nodiscard]] Result<std::vector<PaymentRow>> silentPayments(store::Connection& db);
/// Bundles whose row is held for its request.
[[nodiscard]] Result<std::vector<Hash>> requestless(store::Connection& db);
/// Those of `bundles` that have a row which wants nothing more.
[[nodiscard]] Result<std::vector<Hash>> decided(store::Connection& db, const std::vector<Hash>& bundles);
/// Deliveries of an older epoch start again: their keys are of a channel that ended.
[[nodiscard]] Result<void> redeliver(store::Connection& db, const std::string& stream, std::uint64_t epoch);
[[nodiscard]] Result<Iotas> creditTotal(store::Connection& db);

}  // namespace pegasus::market::seller_store
