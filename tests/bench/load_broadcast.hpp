// SPDX-License-Identifier: Apache-2.0
// Stores transactions made ahead, then asks for them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/scheduler.hpp"
#include "bench/load_client.hpp"
#include "bench/load_material.hpp"
#include "bench/load_options.hpp"

namespace pegasus::bench {

/// Loop thread.
class Broadcast {
  public:
    Broadcast(Client& client, Scheduler& scheduler, Pool& pool, Report& report,
              const Options& options);

    Task<void> run();

  private:
    using Batch = std::vector<model::TransactionTrytes>;

    Task<Portion> prepare(std::size_t count);
    Task<void> sendAll(std::size_t count, std::size_t perCall, Line& line);
    Async<void> sender(Line& line);
    Task<void> queryAll();
    Async<void> untilConfirmed();
    Result<void> takeSamples();
    template <class A, class Make>
    Async<void> each(std::string name, Make make);
    Async<void> tipsOnAllConnections();
    Async<void> tipsAsker(Line& line);

    Client& client_;
    Scheduler& scheduler_;
    Pool& pool_;
    Report& report_;
    const Options& options_;
    Maker maker_;
    std::vector<Sample> samples_;  ///< what the queries ask for
    Line unmeasured_;
    std::vector<Batch> batches_;
    std::size_t next_ = 0;     ///< of batches_
    std::uint64_t asked_ = 0;  ///< calls of tipsOnAllConnections
};

}  // namespace pegasus::bench
