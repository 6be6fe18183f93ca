// SPDX-License-Identifier: Apache-2.0
// What the services know, as the rows and names of the D-Bus interfaces. Pure; text from outside is made valid UTF-8.
#pragma once

#include <string>

#include "bus/value.hpp"
#include "ledger/ledger.hpp"
#include "market/types.hpp"
#include "sensor/sampler.hpp"
#include "stream/stream_service.hpp"
#include "wallet/types.hpp"

namespace pegasus::daemon {

/// "ready", "not-synchronised", "unreachable".
[[nodiscard]] std::string nameOf(ledger::LedgerState state);
[[nodiscard]] bus::Dict rowOf(const ledger::LedgerStatus& status, int minWeightMagnitude);
[[nodiscard]] bus::Dict rowOf(const model::AttachedTransaction& attached, bool confirmed);

/// "absent", "locked", "scanning", "unlocked".
[[nodiscard]] std::string stateOf(const wallet::WalletStatus& status);
[[nodiscard]] bus::Dict rowOf(const wallet::Balance& balance);
/// What lies on announced addresses, and when the wallet gets it.
[[nodiscard]] bus::Dicts earningRows(const std::vector<market::HeldAddress>& held, const std::vector<wallet::OwnAddress>& own);
[[nodiscard]] bus::Dict rowOf(const wallet::HistoryEntry& entry);
[[nodiscard]] bus::Dict rowOf(const wallet::BundleDetails& details);
[[nodiscard]] bus::Dict rowOf(const wallet::OwnAddress& address);

[[nodiscard]] bus::Dict rowOf(const sensor::SensorInfo& info);
[[nodiscard]] bus::Dict rowOf(const sensor::Reading& reading);

/// "paused", "silent", "waiting", "starting", "publishing".
[[nodiscard]] std::string stateOf(const stream::StreamInfo& info);
/// Why it is silent or waiting; else empty.
[[nodiscard]] std::string problemOf(const stream::StreamInfo& info);
/// `listing`: null where it is not for sale, nor meant to be.
[[nodiscard]] bus::Dict rowOf(const stream::StreamInfo& info, const market::ListingInfo* listing);
[[nodiscard]] bus::Dict rowOf(const market::ListingInfo& listing);

/// 0 to 100.
[[nodiscard]] std::uint32_t progressOf(market::OrderState state);
/// `own`: sold by this machine.
[[nodiscard]] bus::Dict rowOf(const market::Offer& offer, bool own);
[[nodiscard]] bus::Dict rowOf(const market::Order& order);
[[nodiscard]] bus::Dict rowOf(const market::SubscriptionInfo& info);
[[nodiscard]] bus::Dict rowOf(const market::Message& message);
[[nodiscard]] bus::Dict rowOf(const market::Payment& payment);

}  // namespace pegasus::daemon
