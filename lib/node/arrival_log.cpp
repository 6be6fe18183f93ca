// SPDX-License-Identifier: Apache-2.0
#include "node/arrival_log.hpp"

namespace pegasus::node {

void ArrivalLog::restart(std::uint64_t life) {
    entries_.clear();
    life_ = life;
    first_ = 0;
}

void ArrivalLog::add(Id id, const Links& links) {
    if (entries_.size() == kKept) {
        entries_.pop_front();
        ++first_;
    }
    entries_.push_back({id, links});
}

}  // namespace pegasus::node
