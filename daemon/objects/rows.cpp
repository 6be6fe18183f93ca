// SPDX-License-Identifier: Apache-2.0
// Rows of node, wallet, sensors and streams; those of the market are in market_rows.cpp.
#include "daemon/objects/rows.hpp"

#include <algorithm>

#include "bus/text.hpp"

namespace pegasus::daemon {
namespace {

std::uint64_t microsOf(Timestamp time) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, toMicros(time))); }

std::uint64_t microsFromSeconds(std::int64_t seconds) {
    return seconds > 0 ? static_cast<std::uint64_t>(seconds) * 1'000'000U : 0;
}

std::uint64_t microsFromMillis(std::int64_t millis) {
    return millis > 0 ? static_cast<std::uint64_t>(millis) * 1000U : 0;
}

std::uint64_t count(model::Iotas amount) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, amount.count())); }

std::string trimmed(std::string_view trytes) {
    const auto last = trytes.find_last_not_of('9');
    return std::string(trytes.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

bus::Value::Strings textOf(const std::vector<model::Hash>& hashes) {
    bus::Value::Strings out;
    for (const auto& hash : hashes) out.push_back(hash.str());
    return out;
}

}  // namespace

std::string nameOf(ledger::LedgerState state) {
    switch (state) {
        case ledger::LedgerState::Ready: return "ready";
        case ledger::LedgerState::NotSynchronised: return "not-synchronised";
        case ledger::LedgerState::Unreachable: return "unreachable";
    }
    return "unreachable";
}

bus::Dict rowOf(const ledger::NodeHealth& node) {
    const auto state = node.asked ? nameOf(node.state) : "not-asked";
    return {{"url", bus::validUtf8(node.url)}, {"state", state}, {"detail", bus::validUtf8(node.detail)},
            {"milestone-index", node.milestoneIndex}, {"in-use", node.inUse}};
}

bus::Dict rowOf(const ledger::LedgerStatus& status, int minWeightMagnitude) {
    bus::Dicts nodes;
    for (const auto& node : status.nodes) nodes.push_back(rowOf(node));
    return {{"nodes", std::move(nodes)},
            {"state", nameOf(status.state)},
            {"detail", bus::validUtf8(status.detail)},
            {"url", bus::validUtf8(status.url)},
            {"app-name", bus::validUtf8(status.appName)},
            {"app-version", bus::validUtf8(status.appVersion)},
            {"latest-milestone", status.latestMilestone.str()},
            {"latest-solid-milestone", status.latestSolidMilestone.str()},
            {"latest-milestone-index", status.latestMilestoneIndex},
            {"latest-solid-milestone-index", status.latestSolidMilestoneIndex},
            {"snapshot-index", status.snapshotIndex},
            {"tips", status.tips},
            {"transactions-to-request", status.transactionsToRequest},
            {"transactions", status.transactionCount},
            {"database-bytes", status.databaseBytes},
            {"database-limit", status.databaseLimit},
            {"coordinator", bus::validUtf8(status.coordinatorAddress)},
            {"min-weight-magnitude", static_cast<std::uint64_t>(minWeightMagnitude)},
            {"faucet", status.faucet}};
}

bus::Dict rowOf(const model::AttachedTransaction& attached, bool confirmed) {
    const auto& t = attached.transaction;
    return {{"hash", attached.hash.str()},
            {"address", t.address.str()},
            {"value", t.value},
            {"tag", t.tag.str()},
            {"obsolete-tag", t.obsoleteTag.str()},
            {"timestamp", microsFromSeconds(t.timestamp)},
            {"attachment-timestamp", microsFromMillis(t.attachmentTimestamp)},
            {"index", t.currentIndex},
            {"last-index", t.lastIndex},
            {"bundle", t.bundle.str()},
            {"trunk", t.trunkTransaction.str()},
            {"branch", t.branchTransaction.str()},
            {"nonce", t.nonce.str()},
            {"message", trimmed(t.signatureMessageFragment.view())},
            {"confirmed", confirmed}};
}

std::string stateOf(const wallet::WalletStatus& status) {
    if (!status.exists) return "absent";
    if (status.restoring) return "scanning";
    return status.locked ? "locked" : "unlocked";
}

bus::Dict rowOf(const wallet::Balance& balance) {
    return {{"available", count(balance.available)},   {"reserved", count(balance.reserved)},
            {"pending-in", count(balance.pendingIn)},  {"pending-out", count(balance.pendingOut)},
            {"late", count(balance.late)},             {"milestone-index", balance.milestoneIndex}};
}

bus::Dict rowOf(const wallet::HistoryEntry& entry) {
    return {{"bundle", entry.bundle.str()},
            {"state", std::string(wallet::nameOf(entry.state))},
            {"direction", std::string(wallet::nameOf(entry.direction))},
            {"amount", count(entry.amount)},
            {"time", microsOf(entry.time)},
            {"label", bus::validUtf8(entry.label)}};
}

bus::Dict rowOf(const wallet::BundleDetails& details) {
    bus::Dicts lines;
    for (const auto& line : details.lines)
        lines.push_back({{"address", line.address.str()},
                         {"value", line.value.count()},
                         {"own", line.own},
                         {"tag", line.tag.str()},
                         {"message-trytes", line.messageTrytes}});
    bus::Dict row = details.history ? rowOf(*details.history) : bus::Dict();
    row["bundle"] = details.bundle.str();
    row["state"] = std::string(wallet::nameOf(details.state));
    row["timestamp"] = microsOf(details.timestamp);
    row["tails"] = textOf(details.tails);
    row["lines"] = std::move(lines);
    return row;
}

bus::Dict rowOf(const wallet::OwnAddress& address) {
    return {{"address", model::withChecksum(address.address)}, {"index", address.index},
            {"purpose", bus::validUtf8(address.purpose)},      {"held", address.held},
            {"spent", address.spent},                          {"balance", count(address.balance)}};
}

bus::Dict rowOf(const sensor::SensorInfo& info) {
    bus::Dicts channels;
    for (const auto& channel : info.channels)
        channels.push_back({{"quantity", bus::validUtf8(channel.quantity)}, {"unit", bus::validUtf8(channel.unit)}});
    bus::Dict parameters;
    for (const auto& [name, value] : info.config.parameters) parameters[bus::validUtf8(name)] = bus::validUtf8(value.text());
    bus::Dict provenance;
    for (const auto& [name, value] : info.provenance) provenance[bus::validUtf8(name)] = bus::validUtf8(value);
    bus::Dict row{
            {"id", info.config.id},
            {"type", info.config.type},
            {"name", bus::validUtf8(info.config.name)},
            {"interval", static_cast<std::uint64_t>(info.config.interval.count())},
            {"state", std::string(sensor::stateName(info.state))},
            {"last-error", bus::validUtf8(info.lastError)},
            {"notice", bus::validUtf8(info.notice)},
            {"samples", info.samples},
            {"failures", info.failures},
            {"overruns", info.overruns},
            {"rejected", info.rejected},
            {"channels", std::move(channels)},
            {"parameters", std::move(parameters)},
            {"provenance", std::move(provenance)}};
    if (info.maintenance) row["maintenance-until"] = microsOf(*info.maintenance);
    return row;
}

bus::Dict rowOf(const sensor::Reading& reading) {
    bus::Dict row{{"quantity", bus::validUtf8(reading.quantity)},
                  {"unit", bus::validUtf8(reading.unit)},
                  {"time", microsOf(reading.time)},
                  {"quality", std::string(sensor::qualityName(reading.quality))},
                  {"reason", bus::validUtf8(reading.reason)}};
    if (reading.value) row["value"] = *reading.value;
    return row;
}

std::string stateOf(const stream::StreamInfo& info) {
    if (!info.halted.empty()) return "stopped";
    if (info.paused) return "paused";
    if (info.source.state == stream::SourceState::Silent) return "silent";
    if (!info.lastError.empty()) return "waiting";
    return info.source.state == stream::SourceState::Starting ? "starting" : "publishing";
}

std::string problemOf(const stream::StreamInfo& info) {
    const bool silent = !info.paused && info.source.state == stream::SourceState::Silent;
    return bus::validUtf8(silent ? info.source.problem : info.lastError);
}

bus::Dict rowOf(const stream::StreamInfo& info, const market::ListingInfo* listing) {
    bus::Dict row{{"id", info.spec.id},
                  {"name", bus::validUtf8(info.spec.name)},
                  {"sensor", info.spec.sensor},
                  {"quantity", info.spec.quantity.value_or("")},
                  {"state", stateOf(info)},
                  {"last-error", problemOf(info)},
                  {"description", bus::validUtf8(info.spec.description)},
                  {"latitude", info.spec.latitude},
                  {"longitude", info.spec.longitude},
                  {"price", count(info.spec.price)},
                  {"batch", static_cast<std::uint64_t>(info.spec.batch)},
                  {"security", static_cast<std::uint64_t>(info.spec.security)},
                  {"created", microsOf(info.created)},
                  {"published", info.published},
                  {"confirmed", info.confirmed},
                  {"queued", info.queued},
                  {"pending", info.pending},
                  {"omitted", info.omitted},
                  {"epoch", info.epoch},
                  {"announced", listing != nullptr && listing->forSale()}};
    if (info.source.lastGood) row["last-reading"] = microsOf(*info.source.lastGood);
    if (info.lastMessage) row["last-message"] = microsOf(*info.lastMessage);
    if (listing != nullptr) row["listing"] = rowOf(*listing);
    return row;
}

}  // namespace pegasus::daemon
