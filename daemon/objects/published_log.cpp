// SPDX-License-Identifier: Apache-2.0
// PublishedLog.
#include "daemon/objects/published_log.hpp"

#include <algorithm>

#include "bus/text.hpp"
#include "daemon/objects/paging.hpp"

namespace pegasus::daemon {

void PublishedLog::add(const stream::Published& message, Timestamp now) {
    auto& own = entries_[message.stream];
    own.push_back({next_++, message, now});
    bytes_ += message.payload.size();
    if (own.size() > kLoggedMessages) dropOldest(own);
    while (bytes_ > kLoggedBytes) {
        auto largest = std::ranges::max_element(entries_, {}, [](const auto& entry) { return entry.second.size(); });
        dropOldest(largest->second);
    }
}

void PublishedLog::dropOldest(std::deque<Entry>& entries) {
    bytes_ -= entries.front().message.payload.size();
    entries.pop_front();
}

void PublishedLog::keepOnly(const std::set<std::string>& streams) {
    std::erase_if(entries_, [&](const auto& entry) {
        if (streams.contains(entry.first)) return false;
        for (const auto& item : entry.second) bytes_ -= item.message.payload.size();
        return true;
    });
}

Result<bus::Page> PublishedLog::page(const std::string& stream, std::uint32_t limit, const std::string& cursor) const {
    PEGASUS_TRY(const auto before, numberCursor(cursor));
    bus::Page page;
    const auto own = entries_.find(stream);
    if (own == entries_.end()) return page;
    for (auto it = own->second.rbegin(); it != own->second.rend(); ++it) {
        if (before && it->number >= *before) continue;
        if (page.rows.size() == pageSize(limit)) {
            page.next = std::to_string(std::prev(it)->number);
            break;
        }
        page.rows.push_back({{"index", it->message.message},
                             {"root", it->message.root.str()},
                             {"tail", it->message.tail.str()},
                             {"bundle", it->message.bundle.str()},
                             {"samples", std::uint64_t{it->message.samples}},
                             {"time", static_cast<std::uint64_t>(toMicros(it->time))},
                             {"payload", bus::validUtf8(it->message.payload)}});
    }
    return page;
}

}  // namespace pegasus::daemon
