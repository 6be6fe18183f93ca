// SPDX-License-Identifier: Apache-2.0
// Percentiles, the table and the JSON of the load program.
#include "bench/load_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <thread>

namespace pegasus::bench {

void Latencies::add(double ms) {
    most_ = std::max(most_, ms);
    ++count_;
    if (kept_.size() < kMost) {
        kept_.push_back(ms);
    } else if (const auto at = std::uniform_int_distribution<std::uint64_t>(0, count_ - 1)(random_);
               at < kMost) {
        kept_[at] = ms;
    }
}

double Latencies::percentile(double percent) const {
    if (kept_.empty()) return 0;
    auto sorted = kept_;
    const auto rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
    const auto at = static_cast<std::ptrdiff_t>(std::max(1.0, rank)) - 1;
    std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
    return sorted[static_cast<std::size_t>(at)];
}

void Line::failed(const Error& error) {
    if (errors++ == 0) firstError = error.message;
}

std::uint64_t Report::errors() const {
    std::uint64_t sum = 0;
    for (const auto& line : lines_) sum += line.errors;
    return sum;
}

std::string Report::table() const {
    std::string out =
        fmt::format("{:<26} {:>9} {:<8} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7}\n", "what", "count",
                    "of", "per s", "p50 ms", "p90 ms", "p99 ms", "max ms", "errors");
    for (const auto& line : lines_) {
        const auto& l = line.latencies;
        const auto rate =
            line.seconds > 0
                ? fmt::format("{:.0f}", static_cast<double>(line.things) / line.seconds)
                : "";
        fmt::format_to(std::back_inserter(out),
                       "{:<26} {:>9} {:<8} {:>9} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f} {:>7}\n",
                       line.name, line.things, line.unit, rate, l.percentile(50), l.percentile(90),
                       l.percentile(99), l.most(), line.errors);
        if (line.errors > 0)
            fmt::format_to(std::back_inserter(out), "  first error: {}\n", line.firstError);
    }
    for (const auto& text : notes_) out += text + "\n";
    return out;
}

std::string Report::json() const {
    std::string out;
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    const auto put = [&out, cores](const std::string& name, double value, std::string_view unit) {
        fmt::format_to(
            std::back_inserter(out),
            R"({}{{"name": "{}", "value": {:.4f}, "unit": "{}", "target": "any", "cores": {}, )"
            R"("reference_ratio": null}})",
            out.empty() ? "[\n " : ",\n ", name, value, unit, cores);
    };
    for (const auto& line : lines_) {
        if (line.seconds > 0)
            put(line.name + "_rate", static_cast<double>(line.things) / line.seconds,
                line.unit + "/s");
        put(line.name + "_count", static_cast<double>(line.things), line.unit);
        if (line.latencies.count() == 0) continue;
        for (const int percent : {50, 90, 99})
            put(fmt::format("{}_p{}_ms", line.name, percent), line.latencies.percentile(percent),
                "ms");
        put(line.name + "_max_ms", line.latencies.most(), "ms");
    }
    put("errors", static_cast<double>(errors()), "1");
    return out + "\n]\n";
}

}  // namespace pegasus::bench
