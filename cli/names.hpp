// SPDX-License-Identifier: Apache-2.0
// Names of things as they are typed: whole, or a beginning that only one has. Who names nothing is told what there is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace pegasus::cli {

struct Context;

/// What a name can be of.
enum class Kind : std::uint8_t { Sensor, Stream, Offer, Order, Subscription, Payment, Bundle };

struct Named {
    std::string id;
    std::string name;  ///< for people; often empty. Foreign text.
};

/// "sensor", ...
[[nodiscard]] const char* nounOf(Kind kind);

/// The one of `there` that `text` is, or that alone begins with it. NotFound: none, and says what there is and what may
/// have been meant. InvalidArgument: several begin so, and says which. Pure.
[[nodiscard]] Result<std::string> choose(Kind kind, const std::string& text, const std::vector<Named>& there);

/// What the daemon knows of the kind; of those that may be many, only what begins with `beginning`.
[[nodiscard]] Result<std::vector<Named>> thingsOf(Context& context, Kind kind, const std::string& beginning);

/// choose() among what the daemon knows.
[[nodiscard]] Result<std::string> resolve(Context& context, Kind kind, const std::string& text);

}  // namespace pegasus::cli
