// SPDX-License-Identifier: Apache-2.0
// Core: the tangle and the faucet's book with their database thread.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "node/faucet_book.hpp"
#include "node/genesis.hpp"
#include "node/tangle.hpp"
#include "store/database.hpp"

namespace pegasus::node {

/// Loop thread. `work(Tangle&)` and `work(Tangle&, FaucetBook&)` run on the database thread and own
/// what they use.
class Core {
  public:
    Core(std::unique_ptr<store::Database> database, std::unique_ptr<Tangle> tangle)
        : database_(std::move(database)), tangle_(std::move(tangle)) {}
    ~Core() {
        // Their statements belong to the connection, and to its thread.
        (void)database_->runNow([this](store::Connection&) -> Result<void> {
            book_.reset();
            tangle_.reset();
            return {};
        });
    }
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    template <class F>
    auto read(F work) {
        using R = std::invoke_result_t<F&, Tangle&>;
        return noted<R>(database_->read([this, f = std::move(work)](store::Connection&) mutable { return f(*tangle_); }));
    }
    template <class F>
    auto write(F work, store::Durability durability = store::Durability::Batched)
        -> Async<std::invoke_result_t<F&, Tangle&>> {
        using R = std::invoke_result_t<F&, Tangle&>;
        auto view = std::make_shared<TipView>();  // shared with the job
        auto job = [this, f = std::move(work), view](store::Connection&) mutable {
            auto result = f(*tangle_);
            if (result) *view = tangle_->tipView();
            return result;
        };
        return written<R>(database_->write(std::move(job), durability), std::move(view));
    }
    /// Why the database cannot be trusted any more; empty if nothing was noticed.
    [[nodiscard]] const std::string& damage() const { return damage_; }
    /// As the last write left them; none if it failed.
    [[nodiscard]] const std::optional<TipView>& tips() const { return tips_; }
    void setTips(TipView view) { tips_ = std::move(view); }
    template <class F>
    auto readBook(F work) {
        return database_->read([this, f = std::move(work)](store::Connection& c) mutable {
            return f(*tangle_, book(c));
        });
    }
    /// What the faucet writes is always synced.
    template <class F>
    auto writeBook(F work) {
        return database_->write([this, f = std::move(work)](
                                    store::Connection& c) mutable { return f(*tangle_, book(c)); },
                                store::Durability::Synced);
    }

  private:
    template <class R>
    Async<R> noted(Async<R> work) {
        auto result = co_await std::move(work);
        if (!result && result.error().code == ErrorCode::Corrupt) damage_ = result.error().message;
        co_return result;
    }
    template <class R>
    Async<R> written(Async<R> writing, std::shared_ptr<TipView> view) {
        auto result = co_await noted<R>(std::move(writing));
        tips_ = result ? std::optional(std::move(*view)) : std::nullopt;
        co_return result;
    }
    FaucetBook& book(store::Connection& connection) {
        if (!book_) book_ = std::make_unique<FaucetBook>(connection);
        return *book_;
    }

    std::unique_ptr<store::Database> database_;
    std::unique_ptr<Tangle> tangle_;
    std::unique_ptr<FaucetBook> book_;
    std::optional<TipView> tips_;
    std::string damage_;
};

}  // namespace pegasus::node
