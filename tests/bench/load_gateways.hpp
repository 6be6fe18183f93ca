// SPDX-License-Identifier: Apache-2.0
// Gateways that publish, and buyers that follow them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/scheduler.hpp"
#include "bench/load_client.hpp"
#include "bench/load_material.hpp"
#include "bench/load_options.hpp"

namespace pegasus::bench {

/// Loop thread.
class Gateways {
  public:
    Gateways(Client& client, Scheduler& scheduler, Pool& pool, Report& report,
             const Options& options);

    Task<void> run();

  private:
    struct Sent {
        std::string text;
        Stopwatch since;
    };
    struct Gateway {
        explicit Gateway(Writer w) : writer(std::move(w)), firstRoot(writer.root()) {}
        Writer writer;
        mam::Hash firstRoot;
        std::vector<Sent> sent;
    };
    /// What a buyer makes of the transactions of an address.
    struct Read {
        std::string text;
        mam::Hash nextRoot;
    };

    [[nodiscard]] bool over() const {
        return watch_.ms() >= static_cast<double>(options_.seconds) * 1000;
    }
    Async<void> publishing(std::size_t index);
    Task<void> publish(Gateway& gateway);
    Async<void> following(std::size_t index);
    Task<Read> look(const Gateway& gateway, mam::Hash root);
    Async<bool> pause(double ms);

    Client& client_;
    Scheduler& scheduler_;
    Pool& pool_;
    const Options& options_;
    std::vector<std::unique_ptr<Gateway>> gateways_;
    Crew publishers_;
    Crew buyers_;
    Stopwatch watch_;
    double publishedMs_ = 0;    ///< when the last publisher ended
    double lastPublishMs_ = 0;  ///< when the last message was published
    Line& published_;
    Line& tips_;
    Line& broadcast_;
    Line& find_;
    Line& trytes_;
    Line& arrived_;
};

}  // namespace pegasus::bench
