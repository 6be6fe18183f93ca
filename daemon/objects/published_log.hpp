// SPDX-License-Identifier: Apache-2.0
// The last messages of each stream, as published, for the operator's own view. In memory, bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>

#include "bus/value.hpp"
#include "stream/stream_service.hpp"

namespace pegasus::daemon {

inline constexpr std::size_t kLoggedMessages = 1000;           ///< a stream
inline constexpr std::size_t kLoggedBytes = 2U * 1024 * 1024;  ///< of payloads, all streams

/// Loop thread only.
class PublishedLog {
public:
    void add(const stream::Published& message, Timestamp now);
    /// Forgets other streams.
    void keepOnly(const std::set<std::string>& streams);
    /// Newest first; the cursor is a number of ours, and stays good while messages come.
    [[nodiscard]] Result<bus::Page> page(const std::string& stream, std::uint32_t limit, const std::string& cursor) const;

private:
    struct Entry {
        std::int64_t number;
        stream::Published message;
        Timestamp time;
    };
    void dropOldest(std::deque<Entry>& entries);

    std::map<std::string, std::deque<Entry>> entries_;
    std::int64_t next_ = 1;
    std::size_t bytes_ = 0;
};

}  // namespace pegasus::daemon
