// SPDX-License-Identifier: Apache-2.0
// sd_journal_sendv with PEGASUS_* fields, or one line on standard error.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "daemon/journal.hpp"

#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace pegasus::daemon {
namespace {

/// True if standard error is the journal's socket (see systemd.exec(5), JOURNAL_STREAM).
bool stderrIsJournal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (stream == nullptr || fstat(STDERR_FILENO, &status) != 0) return false;
    return stream == fmt::format("{}:{}", status.st_dev, status.st_ino);
}

std::string printable(std::string_view text) {
    std::string result(text.substr(0, 4096));
    std::ranges::replace_if(result, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return result;
}

void toJournal(Level level, const std::string& text, Fields fields) {
    std::vector<std::string> lines{"MESSAGE=" + text, fmt::format("PRIORITY={}", static_cast<int>(level)),
                                   "SYSLOG_IDENTIFIER=pegasusd"};
    for (const auto& [name, value] : fields) lines.push_back(fmt::format("PEGASUS_{}={}", name, printable(value)));
    std::vector<iovec> parts;
    parts.reserve(lines.size());
    for (auto& line : lines) parts.push_back({line.data(), line.size()});
    (void)sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));  // nowhere to complain to
}

void toStderr(Level level, const std::string& text, Fields fields) {
    static constexpr const char* kNames[] = {"error", "warning", "notice", "info", "debug"};
    const auto* name = kNames[std::clamp(static_cast<int>(level) - 3, 0, 4)];
    std::string line = fmt::format("pegasusd: {}: {}", name, text);
    for (const auto& [field, value] : fields) line += fmt::format(" [{}={}]", field, printable(value));
    line += '\n';
    (void)std::fputs(line.c_str(), stderr);
}

}  // namespace

void log(Level level, std::string_view text, Fields fields) {
    static const bool journal = stderrIsJournal();
    static const bool debug = std::getenv("PEGASUS_DEBUG") != nullptr;
    if (level == Level::Debug && !debug) return;
    if (journal) {
        toJournal(level, printable(text), fields);
    } else {
        toStderr(level, printable(text), fields);
    }
}

void logLines(Level level, std::string_view text) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        log(level, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

}  // namespace pegasus::daemon
