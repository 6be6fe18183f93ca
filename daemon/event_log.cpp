// SPDX-License-Identifier: Apache-2.0
// Observers of the services that log.
#include "daemon/event_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "daemon/journal.hpp"

namespace pegasus::daemon {
namespace {

constexpr std::size_t kNewestPayments = 100;  // one that is further back goes on without a word

/// Services tell more often than there is something to say. Shared by the observers.
class Said {
public:
    /// Whether `text` is new about the thing.
    bool isNews(const std::string& thing, const std::string& text) {
        if (said_.size() >= kMostRemembered && !said_.contains(thing)) said_.clear();
        auto& last = said_[thing];
        return std::exchange(last, text) != text;
    }

private:
    static constexpr std::size_t kMostRemembered = 4096;
    std::map<std::string, std::string> said_;
};

void logOrder(Services& services, Said& said, const market::OrderId& id) {
    const auto order = services.buyer().order(id);
    if (!order) return;
    const auto waits = order->reason.empty() ? std::string(market::detailOf(order->waits)) : order->reason;
    const auto text = fmt::format("order of '{}' for {} i is {}{}", order->name, order->price.count(), market::toString(order->state),
                                  waits.empty() ? "" : ": " + waits);
    const auto bundle = order->paymentBundle ? order->paymentBundle->str() : std::string();
    const auto level = order->state == market::OrderState::Failed ? Level::Error : Level::Notice;
    if (said.isNews(id, text)) log(level, text, {{"ORDER", id}, {"BUNDLE", bundle}});
}

Async<void> logTransfer(Services& services, std::shared_ptr<Said> said, wallet::TransferId id) {
    const auto transfer = co_await services.wallet().transfer(id);
    if (!transfer) co_return;
    const auto bundle = transfer->bundle.str();
    const auto text = fmt::format("transfer of {} i is {}", transfer->amount.count(), wallet::nameOf(transfer->state));
    if (said->isNews(fmt::format("transfer {}", id), text)) log(Level::Notice, text, {{"BUNDLE", bundle}});
}

Async<void> logPayment(Services& services, std::shared_ptr<Said> said, model::Hash bundle) {
    const auto newest = co_await services.seller().payments(kNewestPayments, std::nullopt);
    if (!newest) co_return;
    const auto payment = std::ranges::find(*newest, bundle, &market::Payment::bundle);
    if (payment == newest->end()) co_return;
    auto text = fmt::format("payment of {} i for stream {} is {}", payment->value.count(), payment->streamId,
                            market::toString(payment->state));
    if (payment->hold != market::HoldReason::None) text += fmt::format(" ({})", market::toString(payment->hold));
    if (said->isNews(bundle.str(), text))
        log(Level::Notice, text, {{"BUNDLE", bundle.str()}, {"STREAM", payment->streamId}});
}

/// What the log has told of a sensor.
struct Told {
    sensor::SensorState state = sensor::SensorState::Working;
    std::string notice;
};

/// A sensor that fails says so once, and once when it is well again; likewise what its driver had to say of the source.
void logSensor(Services& services, std::map<std::string, Told>& known, const std::string& id) {
    const auto info = services.sampler().info(id);
    if (!info) {
        known.erase(id);
        return;
    }
    auto& told = known[id];
    const bool bad = info->state == sensor::SensorState::Failing || info->state == sensor::SensorState::Blocked;
    const bool wasBad = told.state != sensor::SensorState::Working;
    if (bad && !wasBad) {
        log(Level::Warning, fmt::format("sensor {} is {}: {}", id, sensor::stateName(info->state), info->lastError), {{"SENSOR", id}});
    } else if (!bad && wasBad) {
        log(Level::Info, fmt::format("sensor {} works again", id), {{"SENSOR", id}});
    }
    if (!info->notice.empty() && info->notice != told.notice)
        log(Level::Warning, fmt::format("sensor {}: {}", id, info->notice), {{"SENSOR", id}});
    told = {bad ? info->state : sensor::SensorState::Working, info->notice};
}

/// That readings stay away, and that they are back.
void logSource(Services& services, std::set<std::string>& silent, const std::string& id) {
    const auto info = services.streams().info(id);
    const bool quiet = info && !info->paused && info->source.state == stream::SourceState::Silent;
    if (quiet && silent.insert(id).second) {
        log(Level::Warning, fmt::format("stream {} is silent: {}", id, info->source.problem), {{"STREAM", id}});
    } else if (info && info->source.state == stream::SourceState::Live && silent.erase(id) != 0) {
        log(Level::Info, fmt::format("stream {} gives readings again", id), {{"STREAM", id}});
    }
}

/// What becomes of a sale; what holds it up is logged as it is.
void logListing(Services& services, Said& said, const std::string& id) {
    for (const auto& listing : services.seller().listings()) {
        if (listing.streamId != id) continue;
        const auto text = std::string(market::toString(listing.state)) + (listing.lastError.empty() ? "" : ": " + listing.lastError);
        if (!said.isNews("sale " + id, text)) return;
        const bool waits = listing.state == market::ListingState::Waiting;
        log(waits ? Level::Warning : Level::Notice,
            fmt::format("sale of stream {}: {}{}", id, waits ? "not announced, " : "", text), {{"STREAM", id}});
    }
}

}  // namespace

std::vector<Subscription> logEvents(Services& services) {
    std::vector<Subscription> handles;
    const auto said = std::make_shared<Said>();
    handles.push_back(services.buyer().orderChanged.add([&services, said](const market::OrderId& id) { logOrder(services, *said, id); }));
    handles.push_back(services.wallet().transferChanged.add([&services, said](wallet::TransferId id) {
        services.loop().spawn("log transfer", logTransfer(services, said, id));
    }));
    handles.push_back(services.wallet().lockedChanged.add(
        [](bool locked) { log(Level::Notice, locked ? "the wallet is locked" : "the wallet is unlocked"); }));
    handles.push_back(services.seller().paymentChanged.add([&services, said](const model::Hash& bundle) {
        services.loop().spawn("log payment", logPayment(services, said, bundle));
    }));
    handles.push_back(services.streams().changed.add(
        [](const std::string& id) { log(Level::Info, "stream " + id + " has changed", {{"STREAM", id}}); }));
    auto silent = std::make_shared<std::set<std::string>>();
    for (const auto& stream : services.streams().list()) logSource(services, *silent, stream.spec.id);
    handles.push_back(services.streams().sourceChanged.add(
        [&services, silent](const std::string& id) { logSource(services, *silent, id); }));
    handles.push_back(services.seller().listingChanged.add(
        [&services, said](const std::string& id) { logListing(services, *said, id); }));
    auto known = std::make_shared<std::map<std::string, Told>>();
    // One that is made anew, by a reload, is told about anew.
    handles.push_back(services.sampler().changed.add([known](const std::string& id, bool added) {
        if (!added) known->erase(id);
    }));
    handles.push_back(services.sampler().sampled.add(
        [&services, known](const std::string& id, const std::vector<sensor::Reading>&) { logSensor(services, *known, id); }));
    return handles;
}

}  // namespace pegasus::daemon
