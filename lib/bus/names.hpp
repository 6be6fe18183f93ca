// SPDX-License-Identifier: Apache-2.0
// Names on the bus. The XML under dbus/ is the contract; a lint test holds the two together.
#pragma once

namespace pegasus::bus {

inline constexpr const char* kServiceName = "io.github.pegasusd.Pegasus1";
inline constexpr const char* kRootPath = "/io/github/pegasusd/Pegasus1";
inline constexpr const char* kErrorPrefix = "io.github.pegasusd.Pegasus1.Error.";

/// Interfaces.
inline constexpr const char* kManager = "io.github.pegasusd.Pegasus1.Manager";
inline constexpr const char* kNode = "io.github.pegasusd.Pegasus1.Node";
inline constexpr const char* kWallet = "io.github.pegasusd.Pegasus1.Wallet";
inline constexpr const char* kSensor = "io.github.pegasusd.Pegasus1.Sensor";
inline constexpr const char* kStream = "io.github.pegasusd.Pegasus1.Stream";
inline constexpr const char* kMarket = "io.github.pegasusd.Pegasus1.Market";
inline constexpr const char* kOffer = "io.github.pegasusd.Pegasus1.Offer";
inline constexpr const char* kOrder = "io.github.pegasusd.Pegasus1.Order";
inline constexpr const char* kSubscription = "io.github.pegasusd.Pegasus1.Subscription";
inline constexpr const char* kJob = "io.github.pegasusd.Pegasus1.Job";

/// Objects there is one of.
inline constexpr const char* kNodePath = "/io/github/pegasusd/Pegasus1/node";
inline constexpr const char* kWalletPath = "/io/github/pegasusd/Pegasus1/wallet";
inline constexpr const char* kMarketPath = "/io/github/pegasusd/Pegasus1/market";

/// Folders of objects there are many of; see object_path.hpp.
inline constexpr const char* kSensorFolder = "sensor";
inline constexpr const char* kStreamFolder = "stream";
inline constexpr const char* kOfferFolder = "offer";
inline constexpr const char* kOrderFolder = "order";
inline constexpr const char* kSubscriptionFolder = "subscription";
inline constexpr const char* kJobFolder = "job";

/// Polkit actions.
inline constexpr const char* kActionPrefix = "io.github.pegasusd.Pegasus1.";

/// Bounds of every call.
inline constexpr unsigned kMaxPage = 1000;        ///< rows of one answer to a query
inline constexpr unsigned kDefaultPage = 100;     ///< where a caller asks for 0
inline constexpr unsigned kMaxTextLength = 4096;  ///< of one string argument
inline constexpr unsigned kMaxSecretLength = 4096;

}  // namespace pegasus::bus
