// SPDX-License-Identifier: Apache-2.0
// Work in the pool.
#include "base/scheduler.hpp"

#include <utility>

namespace pegasus {

namespace {

class InPool final : public Suspension {
public:
    InPool(Pool& pool, std::shared_ptr<Work> work) : Suspension(WaitsFor::Outside), pool_(pool), work_(std::move(work)) {}

private:
    void start(Wake wake) override {
        pool_.post([work = work_, wake = std::move(wake)](const std::stop_token& token) {
            work->run(token);
            wake();
        });
    }

    Pool& pool_;
    std::shared_ptr<Work> work_;
};

}  // namespace

Async<void> runInPool(Pool& pool, std::shared_ptr<Work> work) {
    InPool waiting(pool, std::move(work));
    co_await waiting;
}

}  // namespace pegasus
