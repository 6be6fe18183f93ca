// SPDX-License-Identifier: Apache-2.0
// A peer of an embedded tangle: one that floods it, or an honest one that says how long its messages wait.
//   flood PORT FROM-ADDRESS SHAPE TRANSACTIONS-PER-SECOND SECONDS MWM [ADDRESS [TAG]]
// SHAPE: comb (each approves the latest milestone), chain (the one before), bundles (of 350, on the milestone), old (on a
// milestone some way back), hide (on the tips, which are others'), honest (one message at tips, then looks for it).
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <random>
#include <thread>

#include "api_client.hpp"
#include "ledger/ledger.hpp"
#include "model/bundle.hpp"
#include "pow/nonce_search.hpp"

namespace pegasus::attack {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kLongBundle = ledger::kMaxTransactionsPerCall;
constexpr std::int64_t kGivenUp = 15;  // milestones
constexpr std::size_t kRemembered = 11;

struct Order {
    std::string shape;
    double perSecond = 0;
    double seconds = 0;
    int weight = 0;
    model::Address address{};
    model::Tag tag = *model::Tag::parsePadded("FLOOD");
};

class Peer {
  public:
    Peer(std::uint16_t port, const std::string& from, Order order)
        : api_(port, from), order_(std::move(order)), random_(std::random_device{}()) {}

    void run() {
        const auto begin = Clock::now();
        const auto each = std::chrono::duration<double>(double(size()) / order_.perSecond);
        for (auto next = begin; next - begin < std::chrono::duration<double>(order_.seconds);
             next += std::chrono::duration_cast<Clock::duration>(each)) {
            while (Clock::now() < next && !open_.empty()) look();
            std::this_thread::sleep_until(next);
            send();
        }
        while (!open_.empty()) look();
        report();
    }

  private:
    struct Sent {
        model::Hash tail;
        std::int64_t milestone = 0;
        Clock::time_point at;
    };

    [[nodiscard]] std::size_t size() const { return order_.shape == "bundles" ? kLongBundle : 1; }

    void learnMilestone() {
        if (Clock::now() - learnt_ < std::chrono::milliseconds(200)) return;
        learnt_ = Clock::now();
        const auto info = api_.ask<iri::NodeInfo>(iri::GetNodeInfo{});
        index_ = info.latestMilestoneIndex;
        if (milestones_.empty() || milestones_.back() != info.latestMilestone) milestones_.push_back(info.latestMilestone);
        if (milestones_.size() > kRemembered) milestones_.pop_front();
    }

    std::pair<model::Hash, model::Hash> approvees() {
        learnMilestone();
        if (order_.shape == "chain" && last_) return {*last_, milestones_.back()};
        if (order_.shape == "old") return {milestones_.front(), milestones_.back()};
        if (order_.shape == "hide" || order_.shape == "honest") {
            iri::GetTransactionsToApprove request;
            request.depth = 3;
            const auto tips = api_.ask<iri::TipsAnswer>(std::move(request));
            return {tips.trunkTransaction, tips.branchTransaction};
        }
        return {milestones_.back(), milestones_.back()};
    }

    std::vector<model::AttachedTransaction> make() {
        const auto [trunk, branch] = approvees();
        model::BundlePlan plan;
        plan.timestamp = std::chrono::duration_cast<std::chrono::seconds>(
                             std::chrono::system_clock::now().time_since_epoch()).count();
        std::string text(size() * model::Fragment::kTrytes - 1, 'A');
        for (std::size_t i = 0; i < 20; ++i) text[i] = static_cast<char>('A' + random_() % 26);
        plan.outputs.push_back({order_.address, model::Iotas(), order_.tag, text});
        const auto search = [this](const model::TransactionTrytes& trytes) -> Result<model::Nonce> {
            PEGASUS_TRY(const auto found, pow::searchNonce(trytes.view(), order_.weight, {}));
            return model::Nonce::parse(found.nonce);
        };
        const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
        return model::attachBundle(model::buildBundle(plan).value().transactions, trunk, branch, now, search).value();
    }

    void send() {
        const auto attached = make();
        iri::BroadcastTransactions request;
        for (const auto& one : attached) request.trytes.push_back(one.trytes);
        const auto answer = api_.call(std::move(request));
        if (answer.status != 200) {
            ++refused_;
            why_ = answer.body.substr(0, 200);
            last_.reset();
            return;
        }
        sent_ += attached.size();
        last_ = attached.front().hash;
        if (order_.shape == "honest") open_.push_back({*last_, index_, Clock::now()});
    }

    void look() {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        iri::GetInclusionStates request;
        for (const auto& one : open_) request.transactions.push_back(one.tail);
        const auto states = api_.ask<iri::StatesAnswer>(std::move(request)).states;
        learnt_ = {};
        learnMilestone();
        std::deque<Sent> left;
        for (std::size_t i = 0; i < open_.size(); ++i) {
            const auto waited = index_ - open_[i].milestone;
            if (!states[i] && waited <= kGivenUp) {
                left.push_back(open_[i]);
                continue;
            }
            waits_.push_back(waited);
            seconds_.push_back(std::chrono::duration<double>(Clock::now() - open_[i].at).count());
        }
        open_ = std::move(left);
    }

    void report() {
        std::ranges::sort(waits_);
        std::ranges::sort(seconds_);
        const auto at = [](const auto& sorted, double part) {
            return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(part * double(sorted.size() - 1) + 0.5)];
        };
        fmt::print(R"({{"sent": {}, "refused": {}, "why": "{}", "p50": {}, "p99": {}, "most": {}, "seconds_p50": {:.2f}, )"
                   R"("seconds_p99": {:.2f}}})" "\n",
                   sent_, refused_, refused_ ? "refused" : "", at(waits_, 0.5), at(waits_, 0.99), at(waits_, 1.0),
                   at(seconds_, 0.5), at(seconds_, 0.99));
        if (refused_ > 0) std::cerr << why_ << '\n';
    }

    ApiClient api_;
    Order order_;
    std::mt19937_64 random_;
    Clock::time_point learnt_;
    std::deque<model::Hash> milestones_;
    std::int64_t index_ = 0;
    std::optional<model::Hash> last_;
    std::size_t sent_ = 0, refused_ = 0;
    std::string why_;
    std::deque<Sent> open_;
    std::vector<std::int64_t> waits_;  // milestones
    std::vector<double> seconds_;
};

}  // namespace
}  // namespace pegasus::attack

int main(int argc, char** argv) {
    if (argc < 7 || argc > 9) {
        std::cerr << "usage: flood PORT FROM SHAPE TRANSACTIONS-PER-SECOND SECONDS MWM [ADDRESS [TAG]]\n";
        return 2;
    }
    try {
        pegasus::attack::Order order{argv[3], std::atof(argv[4]), std::atof(argv[5]), std::atoi(argv[6])};
        if (argc > 7) order.address = pegasus::model::Address::parse(argv[7]).value();
        if (argc > 8) order.tag = pegasus::model::Tag::parsePadded(argv[8]).value();
        pegasus::attack::Peer(static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2], std::move(order)).run();
    } catch (const std::exception& error) {
        std::cerr << "flood: " << error.what() << '\n';
        return 1;
    }
}
