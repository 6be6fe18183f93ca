// SPDX-License-Identifier: Apache-2.0
// Observers of the services that log.
#include "daemon/event_log.hpp"

#include <fmt/format.h>

#include <map>

#include "daemon/journal.hpp"

namespace pegasus::daemon {
namespace {

void logOrder(Services& services, const market::OrderId& id) {
    const auto order = services.buyer().order(id);
    if (!order) return;
    const auto bundle = order->paymentBundle ? order->paymentBundle->str() : std::string();
    const auto level = order->state == market::OrderState::Failed ? Level::Error : Level::Notice;
    log(level, fmt::format("order of '{}' for {} i is {}{}", order->name, order->price.count(), market::toString(order->state),
                           order->reason.empty() ? "" : ": " + order->reason),
        {{"ORDER", id}, {"BUNDLE", bundle}});
}

Async<void> logTransfer(Services& services, wallet::TransferId id) {
    const auto transfer = co_await services.wallet().transfer(id);
    if (!transfer) co_return;
    const auto bundle = transfer->bundle.str();
    log(Level::Notice, fmt::format("transfer of {} i is {}", transfer->amount.count(), wallet::nameOf(transfer->state)),
        {{"BUNDLE", bundle}});
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

}  // namespace

std::vector<Subscription> logEvents(Services& services) {
    std::vector<Subscription> handles;
    handles.push_back(services.buyer().orderChanged.add([&services](const market::OrderId& id) { logOrder(services, id); }));
    handles.push_back(services.wallet().transferChanged.add([&services](wallet::TransferId id) {
        services.loop().spawn("log transfer", logTransfer(services, id));
    }));
    handles.push_back(services.wallet().lockedChanged.add(
        [](bool locked) { log(Level::Notice, locked ? "the wallet is locked" : "the wallet is unlocked"); }));
    handles.push_back(services.seller().paymentChanged.add([](const model::Hash& bundle) {
        log(Level::Notice, "a payment for a stream has changed", {{"BUNDLE", bundle.str()}});
    }));
    handles.push_back(services.streams().changed.add(
        [](const std::string& id) { log(Level::Info, "stream " + id + " has changed", {{"STREAM", id}}); }));
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
