// SPDX-License-Identifier: Apache-2.0
// Parsers of /proc.
#include "drivers/system/parse.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "drivers/linux/file.hpp"

namespace pegasus::drivers::system {
namespace {

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> found;
    for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
        const auto end = std::min(line.find_first_of(" \t", at), line.size());
        found.push_back(line.substr(at, end - at));
        at = end;
    }
    return found;
}

/// Calls `use` for each line until it returns false.
template <class Use>
void eachLine(std::string_view text, Use use) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (!use(text.substr(0, end))) return;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::optional<std::uint64_t> count(std::string_view word) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (problem != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return value;
}

Result<double> firstNumber(std::string_view text, std::string_view file) {
    const auto found = words(text.substr(0, text.find('\n')));
    if (found.empty()) return fail(ErrorCode::InvalidArgument, "{} is empty", file);
    PEGASUS_TRY(const auto number, linux_::parseNumber(found.front()));
    return number.published();
}

constexpr int kMostDecimals = 2;

Result<double> percent(std::uint64_t part, std::uint64_t whole) {
    const double step = 100.0 / static_cast<double>(whole);
    return sensor::roundedTo(100.0 * static_cast<double>(part) / static_cast<double>(whole), step, kMostDecimals);
}

}  // namespace

Result<double> parseLoad(std::string_view loadavg) { return firstNumber(loadavg, "loadavg"); }

Result<double> parseUptime(std::string_view uptime) { return firstNumber(uptime, "uptime"); }

Result<double> parseMemoryUsed(std::string_view meminfo) {
    std::optional<std::uint64_t> total;
    std::optional<std::uint64_t> available;
    eachLine(meminfo, [&](std::string_view line) {
        const auto parts = words(line);
        if (parts.size() >= 2 && parts[0] == "MemTotal:") total = count(parts[1]);
        if (parts.size() >= 2 && parts[0] == "MemAvailable:") available = count(parts[1]);
        return !(total && available);
    });
    if (!total || !available || *total == 0 || *available > *total)
        return fail(ErrorCode::InvalidArgument, "meminfo has no sensible MemTotal and MemAvailable");
    return percent(*total - *available, *total);
}

Result<NetworkCounters> parseNetwork(std::string_view dev, std::string_view interface) {
    // "  eth0: bytes packets errs drop fifo frame compressed multicast  bytes ...": eight to receive, then eight to send
    constexpr std::size_t kSentBytes = 8;
    NetworkCounters sum;
    bool found = false;
    eachLine(dev, [&](std::string_view line) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return true;
        const auto name = linux_::trimmed(line.substr(0, colon));
        if (interface.empty() ? name == "lo" : name != interface) return true;
        const auto parts = words(line.substr(colon + 1));
        if (parts.size() <= kSentBytes) return true;
        const auto received = count(parts[0]);
        const auto sent = count(parts[kSentBytes]);
        if (!received || !sent) return true;
        sum.received += *received;
        sum.sent += *sent;
        found = true;
        return true;
    });
    if (!found && interface.empty()) return fail(ErrorCode::NotFound, "there is no network interface but lo");
    if (!found) return fail(ErrorCode::NotFound, "there is no network interface '{}'", interface);
    return sum;
}

Result<double> diskUsed(std::uint64_t blocks, std::uint64_t free, std::uint64_t available) {
    if (free > blocks) return fail(ErrorCode::InvalidArgument, "{} of {} blocks are free", free, blocks);
    const auto used = blocks - free;
    if (used + available == 0) return fail(ErrorCode::InvalidArgument, "the file system has no size");
    return percent(used, used + available);
}

double rateOf(std::uint64_t bytes, double seconds) {
    return sensor::roundedTo(static_cast<double>(bytes) / seconds, 1 / seconds, kMostDecimals);
}

}  // namespace pegasus::drivers::system
