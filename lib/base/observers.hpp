// SPDX-License-Identifier: Apache-2.0
// A list of callbacks; dropping the subscription handle unsubscribes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace pegasus {

/// Keeps a subscription alive. May outlive the list it belongs to.
class [[nodiscard]] Subscription {
public:
    Subscription() = default;
    explicit Subscription(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
    Subscription(Subscription&& other) noexcept : cancel_(std::exchange(other.cancel_, nullptr)) {}
    Subscription& operator=(Subscription&& other) noexcept {
        if (this != &other) {
            reset();
            cancel_ = std::exchange(other.cancel_, nullptr);
        }
        return *this;
    }
    ~Subscription() { reset(); }
    void reset() {
        if (auto cancel = std::exchange(cancel_, nullptr)) cancel();
    }

private:
    std::function<void()> cancel_;
};

/// Loop thread only. A callback may subscribe or unsubscribe while it runs.
template <class... Args>
class Observers {
public:
    Subscription add(std::function<void(const Args&...)> callback) {
        const auto id = next_++;
        list_->emplace(id, std::move(callback));
        return Subscription([list = std::weak_ptr(list_), id] {
            if (auto alive = list.lock()) alive->erase(id);
        });
    }
    void notify(const Args&... args) const {
        auto alive = list_;  // a callback may destroy this object
        std::vector<std::uint64_t> ids;
        for (const auto& [id, callback] : *alive) ids.push_back(id);
        for (const auto id : ids) {
            if (const auto it = alive->find(id); it != alive->end()) {
                auto callback = it->second;
                callback(args...);
            }
        }
    }

private:
    using List = std::map<std::uint64_t, std::function<void(const Args&...)>>;
    std::shared_ptr<List> list_ = std::make_shared<List>();
    std::uint64_t next_ = 0;
};

}  // namespace pegasus
