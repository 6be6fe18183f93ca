// SPDX-License-Identifier: Apache-2.0
// Options of Manager.CreateStream and Stream.Announce as a StreamSpec. Pure; bounds are checked by stream::validate.
#pragma once

#include <string>

#include "bus/value.hpp"
#include "daemon/objects/api.hpp"
#include "stream/stream_service.hpp"

namespace pegasus::daemon {

struct NewStream {
    stream::StreamSpec spec;
    bool paused = false;
};

/// `gateway` says the name (before the id) and the place where the options do not. InvalidArgument where neither says the
/// place.
[[nodiscard]] Result<NewStream> newStream(std::string id, std::string sensor, bus::Dict options, const GatewayTerms& gateway);
/// `spec` with another price, and with what the options of Announce change.
[[nodiscard]] Result<stream::StreamSpec> withTerms(stream::StreamSpec spec, std::uint64_t price, bus::Dict options);

}  // namespace pegasus::daemon
