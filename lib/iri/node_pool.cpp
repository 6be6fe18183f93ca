// SPDX-License-Identifier: Apache-2.0
// The nodes of a RemoteLedger.
#include "iri/node_pool.hpp"

#include <algorithm>
#include <array>

#include "iri/json_reader.hpp"

namespace pegasus::iri {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

constexpr std::size_t kMaxLocation = 200;  // characters that are told

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Codes that another pegasusd may hand through; the others mean something about this machine only.
constexpr std::array kForeignCodes{
    ErrorCode::InvalidArgument, ErrorCode::NotFound,        ErrorCode::AlreadyExists, ErrorCode::InvalidState,
    ErrorCode::LimitExceeded,   ErrorCode::NotSynchronised, ErrorCode::Timeout,       ErrorCode::Conflict,
    ErrorCode::NotSupported,    ErrorCode::InsufficientFunds, ErrorCode::Unreachable};

std::optional<ErrorCode> foreignCode(std::string_view name) {
    for (const auto code : kForeignCodes)
        if (errorInfo(code).name == name) return code;
    return std::nullopt;
}

ErrorCode codeByText(int status, const std::string& text) {
    if (status < 400) return ErrorCode::NotSupported;  // a redirect; see exchange()
    // It is the node that denies something, not this machine: no right that a user may get here helps.
    if (status == 401 || status == 403) return ErrorCode::NotSupported;
    if (contains(text, "is unknown") && contains(text, "command [")) return ErrorCode::NotSupported;
    if (contains(text, "has not been updated yet") || contains(text, "node not synced") ||
        contains(text, "node is not sync"))
        return ErrorCode::NotSynchronised;
    if (status == 429 || status == 502 || status == 503 || status == 504) return ErrorCode::Unreachable;
    if (status == 404 || status == 405) return ErrorCode::NotSupported;
    if (status >= 500) return ErrorCode::Internal;
    if (text.empty()) return ErrorCode::NotSupported;
    if (contains(text, "could not complete request") || contains(text, "too many")) return ErrorCode::LimitExceeded;
    if (contains(text, "missing:") || contains(text, "unknown tail")) return ErrorCode::NotFound;
    if (contains(text, "not solid")) return ErrorCode::InvalidState;
    return ErrorCode::InvalidArgument;
}

}  // namespace

NodeKind kindOf(const NodeInfo& info) {
    const auto name = lower(info.appName);
    if (name == "pegasusd") return NodeKind::Pegasus;
    if (name.starts_with("hornet")) return NodeKind::Hornet;
    if (name.starts_with("iri")) return NodeKind::Iri;
    return info.isSynced ? NodeKind::Hornet : NodeKind::Iri;
}

bool isSynced(const NodeInfo& info) {
    if (info.isSynced) return *info.isSynced;
    // IRI's own rule, as far as its answer shows it (tangle.md 4.5).
    return info.latestSolidSubtangleMilestoneIndex > 0 &&
           info.latestSolidSubtangleMilestoneIndex != info.lastSnapshottedMilestoneIndex &&
           info.latestSolidSubtangleMilestoneIndex >= info.latestMilestoneIndex - 1;
}

Error errorFrom(const ApiError& error, const std::string& url) {
    const auto known = foreignCode(error.code);
    const auto code = known ? *known : codeByText(error.status, lower(error.text));
    if (error.text.empty()) return {code, fmt::format("{} answered with HTTP status {}", url, error.status)};
    return {code, fmt::format("{}: {}", url, error.text)};
}

NodePool::NodePool(const Clock& clock, const ClientOptions& options, std::vector<Url> urls,
                   std::unique_ptr<HttpClient> http)
    : clock_(clock), options_(options), http_(std::move(http)) {
    for (auto& url : urls) {
        nodes_.emplace_back();
        nodes_.back().url = std::move(url);
    }
}

bool NodePool::wantsAnother(ErrorCode code) {
    return code == ErrorCode::Unreachable || code == ErrorCode::Timeout || code == ErrorCode::Corrupt ||
           code == ErrorCode::NotSynchronised || code == ErrorCode::NotSupported || code == ErrorCode::Internal;
}

std::vector<Node*> NodePool::candidates() {
    std::vector<Node*> result;
    for (auto& node : nodes_)
        if (!resting(node)) result.push_back(&node);
    std::ranges::stable_partition(result, [](const Node* n) { return n->synced || !n->info; });
    return result;
}

Error NodePool::nobody() const {
    std::string text = "no node can be reached";
    for (const auto& node : nodes_)
        if (!node.problem.empty()) text += fmt::format("; {}", node.problem);
    return {ErrorCode::Unreachable, std::move(text)};
}

const Node* NodePool::current() const {
    const Node* second = nullptr;
    for (const auto& node : nodes_) {
        if (!node.info || node.failures > 0) continue;
        if (node.synced) return &node;
        if (second == nullptr) second = &node;
    }
    return second;
}

void NodePool::fault(Node& node, const Error& error) {
    node.problem = error.message;
    node.failures = std::min(node.failures + 1, 30);
    auto pause = options_.backoffFirst;
    for (int i = 1; i < node.failures && pause < options_.backoffMost; ++i) pause *= 2;
    pause = std::min(pause, options_.backoffMost);
    std::uniform_int_distribution<std::int64_t> percent(75, 125);
    node.retryAt = clock_.steady() + pause * percent(jitter_) / 100;
}

Error NodePool::distrust(Node& node, const std::string& what) {
    Error error{ErrorCode::Corrupt, fmt::format("{} sent a wrong answer: {}", node.url.text(), what)};
    fault(node, error);
    return error;
}

Task<std::string> NodePool::exchange(Node& node, HttpCall call, SteadyTime deadline) {
    const auto left = std::chrono::duration_cast<Duration>(deadline - clock_.steady());
    call.limit = std::min(left, options_.requestTime);
    if (call.limit <= Duration::zero())
        co_return fail(ErrorCode::Timeout, "{} was not asked: the time was over", node.url.text());
    node.asked = true;
    auto answer = co_await http_->post(node.url, std::move(call));
    if (!answer) {
        auto error = std::move(answer).error();
        // Too long an answer is as wrong as any other nonsense.
        if (error.code == ErrorCode::LimitExceeded) error.code = ErrorCode::Corrupt;
        if (error.code != ErrorCode::Cancelled) fault(node, error);
        co_return fail(error);
    }
    if (answer->status >= 200 && answer->status < 300) {
        if (node.failures > 0) node.problem.clear();
        node.failures = 0;
        co_return std::move(answer->body);
    }
    auto error = errorFrom(decodeError(answer->status, answer->body), node.url.text());
    if (answer->status >= 300 && answer->status < 400)
        error.message = fmt::format("{} redirects to {}: ledger.remote.nodes must name where the node is itself", node.url.text(),
                                    printable(answer->location, kMaxLocation));
    if (error.code == ErrorCode::Unreachable) fault(node, error);
    if (error.code == ErrorCode::NotSupported || error.code == ErrorCode::Internal) {
        node.refusal = error.message;
        node.refusedAt = clock_.steady();
    }
    if (error.code == ErrorCode::NotSynchronised) {
        node.synced = false;
        node.problem = error.message;
    }
    co_return fail(error);
}

Task<void> NodePool::inform(Node& node, SteadyTime deadline) {
    const Request request = GetNodeInfo();
    const auto info = co_await ask<NodeInfo>(node, request, deadline, 100, 400);
    if (!info) {
        // What refuses getNodeInfo is no node.
        if (node.failures == 0 && info.error().code != ErrorCode::Cancelled) fault(node, info.error());
        co_return fail(info.error());
    }
    node.info = *info;
    node.kind = kindOf(*info);
    node.synced = isSynced(*info);
    node.problem.clear();
    if (!node.synced)
        node.problem = fmt::format("{} is not synchronised: it has applied milestone {} of {}", node.url.text(),
                                   info->latestSolidSubtangleMilestoneIndex, info->latestMilestoneIndex);
    co_return Result<void>();
}

Task<void> NodePool::identify(Node& node, SteadyTime deadline) {
    if (node.info) co_return Result<void>();
    co_return co_await inform(node, deadline);
}

Async<void> NodePool::refresh(Duration limit) {
    const auto deadline = clock_.steady() + limit;
    auto left = static_cast<std::int64_t>(nodes_.size());
    for (auto& node : nodes_) {
        // A node that hangs must not use up the time of the next.
        const auto share = (deadline - clock_.steady()) / left--;
        if (resting(node)) continue;
        const auto informed = co_await inform(node, clock_.steady() + share);
        if (informed && node.synced) break;
    }
}

}  // namespace pegasus::iri
