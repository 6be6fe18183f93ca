// SPDX-License-Identifier: Apache-2.0
// Channels of a declaration.
#include "sensor/driver_type.hpp"

#include <algorithm>

namespace pegasus::sensor {

std::vector<Channel> channelsOf(std::span<const ChannelRow> rows) { return channelsOf(rows, {}); }

std::vector<Channel> channelsOf(std::span<const ChannelRow> rows, std::span<const std::string> names) {
    std::vector<Channel> channels;
    for (const auto& row : rows)
        if (names.empty() || std::ranges::find(names, row.quantity) != names.end())
            channels.push_back({std::string(row.quantity), std::string(row.unit), row.least, row.most});
    return channels;
}

}  // namespace pegasus::sensor
