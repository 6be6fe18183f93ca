// SPDX-License-Identifier: Apache-2.0
// ArrivalLog: what came last, in the order in which it came, so that who reads on need not read again.
#pragma once

#include <cstdint>
#include <deque>

#include "node/transaction_table.hpp"

namespace pegasus::node {

/// In memory, bounded. Database thread. Places count up from 0 with each life of the log; a place of another life, or one that is not
/// kept any more, is unknown.
class ArrivalLog {
  public:
    struct Entry {
        Id id = kNoId;
        Links links;
    };
    static constexpr std::size_t kKept = 32'768;

    /// Forgets all. `life`: names what follows; another one each time.
    void restart(std::uint64_t life);
    void add(Id id, const Links& links);

    [[nodiscard]] std::uint64_t life() const { return life_; }
    [[nodiscard]] std::uint64_t end() const { return first_ + entries_.size(); }
    [[nodiscard]] bool knows(std::uint64_t life, std::uint64_t place) const { return life == life_ && place >= first_ && place <= end(); }
    /// `place`: known, and not end().
    [[nodiscard]] const Entry& at(std::uint64_t place) const { return entries_[place - first_]; }

  private:
    std::deque<Entry> entries_;
    std::uint64_t life_ = 0;
    std::uint64_t first_ = 0;  // place of the oldest entry
};

}  // namespace pegasus::node
