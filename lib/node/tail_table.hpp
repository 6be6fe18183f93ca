// SPDX-License-Identifier: Apache-2.0
// TailTable: tails that no milestone has ordered yet, and what milestones have ordered.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "node/tail_graph.hpp"

namespace pegasus::node {

enum class TailState : std::uint8_t {
    Unchecked = 0,  ///< its past is there; the bundle has to be validated
    Sound = 1,      ///< the bundle is valid; what it approves is not checked yet
    Accepted = 2,   ///< may be approved and confirmed
    Stale = 3,      ///< below max depth: has to be attached again
};                  // invalid ones have no row

struct Confirmation {
    std::int64_t milestone = 0;
    bool included = false;
};

/// Database thread.
class TailTable {
  public:
    explicit TailTable(store::Connection& connection);

    [[nodiscard]] std::optional<TailState> state(Id id);
    [[nodiscard]] std::optional<Tail> load(Id id);
    [[nodiscard]] std::vector<Tail> loadAll(TailState state);
    /// Replaces what was there.
    void put(const Tail& tail, TailState state);
    void setState(Id id, TailState state) {
        (void)setState_.run(id, static_cast<std::int64_t>(state));
    }
    void erase(Id id);

    [[nodiscard]] std::optional<Confirmation> confirmation(Id transaction);
    /// Inclusion wins over conflict, for transactions that two attachments share.
    void confirm(Id transaction, const Confirmation& confirmation, Origin origin);
    [[nodiscard]] std::optional<Origin> originOf(Id confirmed);
    /// Transactions that are confirmed, by origin, without this gateway's own; those with the most first.
    [[nodiscard]] std::vector<std::pair<Origin, std::int64_t>> countsByOrigin();
    void forget(Id transaction) { (void)forget_.run(transaction); }

  private:
    [[nodiscard]] Tail read(const Rows& rows);

    Prepared state_;
    Prepared load_;
    Prepared loadAll_;
    Prepared put_;
    Prepared setState_;
    Prepared erase_;
    Prepared changes_;
    Prepared putChange_;
    Prepared eraseChanges_;
    Prepared confirmation_;
    Prepared confirm_;
    Prepared forget_;
    Prepared origin_;
    Prepared counts_;
};

}  // namespace pegasus::node
