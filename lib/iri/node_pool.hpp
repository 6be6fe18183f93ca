// SPDX-License-Identifier: Apache-2.0
// The nodes of a RemoteLedger: what each is, whether it is well, which one is asked next, and one exchange with it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "iri/client.hpp"
#include "iri/codec.hpp"
#include "iri/http_client.hpp"

namespace pegasus::iri {

enum class NodeKind : std::uint8_t { Iri, Hornet, Pegasus };

struct Node {
    Url url;
    std::optional<NodeInfo> info;  ///< of the last good getNodeInfo
    NodeKind kind = NodeKind::Iri;
    bool synced = false;
    std::string problem;  ///< why it is not well, for people
    std::string refusal;  ///< what it denied last, though it may be well otherwise
    SteadyTime refusedAt{};
    bool asked = false;   ///< an exchange was tried
    int failures = 0;     ///< in a row
    SteadyTime retryAt{};  ///< not asked before, after a failure
};

/// What a node says it is: by appName, else by its fields.
[[nodiscard]] NodeKind kindOf(const NodeInfo& info);
/// Whether it knows the present state: isSynced, or its milestone indexes.
[[nodiscard]] bool isSynced(const NodeInfo& info);
/// A refusal by a node as an Error. What is not said in the words of the API comes from something before the node, and is NotSupported
/// there.
[[nodiscard]] Error errorFrom(const ApiError& error, const std::string& url);

/// Loop thread.
class NodePool {
public:
    NodePool(const Clock& clock, const ClientOptions& options, std::vector<Url> urls, std::unique_ptr<HttpClient> http);

    /// Whether a node that takes long is left for the next one, as for all that may be asked twice, or waited for.
    enum class Patience : std::uint8_t { Short, Full };

    /// Asks the nodes one after the other until one gives an answer that needs no second opinion: in the order of
    /// preference, synchronised ones first, those that failed a moment ago not at all. Each but the last has a part of the time; if none
    /// answers, the first is asked once more and waited for. `attempt` outlives the call.
    template <class T>
    Task<T> each(const std::function<Task<T>(Node&, SteadyTime)>& attempt, Patience patience = Patience::Short) {
        const auto deadline = clock_.steady() + options_.callTime;
        Error last = nobody();
        auto nodes = candidates();
        const bool hurried = patience == Patience::Short && nodes.size() > 1;
        if (hurried) nodes.push_back(nodes.front());
        bool firstLeft = false;  // it might have answered
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const auto until = hurried && i + 1 < nodes.size() ? std::min(deadline, clock_.steady() + options_.requestTime / kShare) : deadline;
            if (hurried && i + 1 == nodes.size() && !firstLeft) break;
            if (auto known = co_await identify(*nodes[i], until); !known) {
                last = known.error();
                if (i == 0) firstLeft = last.code == ErrorCode::Timeout;
                continue;
            }
            auto result = co_await attempt(*nodes[i], until);
            if (result || !wantsAnother(result.error().code)) co_return result;
            last = result.error();
            if (i == 0) firstLeft = last.code == ErrorCode::Timeout;
        }
        co_return fail(last);
    }

    /// One request to one node, its answer decoded; failures of transport and nonsense count against the node.
    template <class T>
    Task<T> ask(Node& node, const Request& request, SteadyTime deadline, std::size_t maxEntries,
                std::size_t entryBytes) {
        HttpCall call;
        call.body = encodeRequest(request);
        call.maxAnswer = kAnswerOverhead + maxEntries * entryBytes;
        call.repeatable = !std::holds_alternative<FaucetRequest>(request);
        CodecLimits limits;
        limits.bodyLength = call.maxAnswer;
        limits.listLength = maxEntries;
        PEGASUS_CO_TRY(const auto body, co_await exchange(node, std::move(call), deadline));
        auto answer = decodeAnswer<T>(body, limits);
        if (!answer) co_return fail(distrust(node, answer.error().message));
        co_return answer;
    }

    /// One exchange; the body of a 2xx answer.
    [[nodiscard]] Task<std::string> exchange(Node& node, HttpCall call, SteadyTime deadline);
    /// getNodeInfo, if it is not known yet what the node is.
    [[nodiscard]] Task<void> identify(Node& node, SteadyTime deadline);
    /// getNodeInfo of every node in turn, until one is synchronised.
    [[nodiscard]] Async<void> refresh(Duration limit);
    /// Counts nonsense against the node; the error to return.
    [[nodiscard]] Error distrust(Node& node, const std::string& what);

    /// The node in use: the first synchronised one, else the first that answers; null if none does.
    [[nodiscard]] const Node* current() const;
    [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
    void stop() { http_->stop(); }

private:
    static constexpr std::size_t kAnswerOverhead = 64 * 1024;
    static constexpr int kShare = 5;  ///< the part of a request's time after which the next node is asked

    [[nodiscard]] static bool wantsAnother(ErrorCode code);
    [[nodiscard]] std::vector<Node*> candidates();
    [[nodiscard]] Error nobody() const;
    [[nodiscard]] Task<void> inform(Node& node, SteadyTime deadline);
    void fault(Node& node, const Error& error);
    [[nodiscard]] bool resting(const Node& node) const {
        return node.failures > 0 && clock_.steady() < node.retryAt;
    }

    const Clock& clock_;
    const ClientOptions& options_;
    std::vector<Node> nodes_;  // never resized: references to nodes are kept across waits
    std::unique_ptr<HttpClient> http_;
    std::minstd_rand jitter_{std::random_device{}()};  // spreads retries; nothing secret
};

}  // namespace pegasus::iri
