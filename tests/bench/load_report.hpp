// SPDX-License-Identifier: Apache-2.0
// What the load program measured: lines of counts and latencies, as a table and as JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::bench {

/// Latencies in ms. At most kMost are kept, a uniform sample of all.
class Latencies {
  public:
    static constexpr std::size_t kMost = 1'000'000;

    void add(double ms);
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double most() const { return most_; }
    /// 0 if there are none.
    [[nodiscard]] double percentile(double percent) const;

  private:
    std::vector<double> kept_;
    std::uint64_t count_ = 0;
    double most_ = 0;
    std::minstd_rand random_{1};
};

/// One operation.
struct Line {
    std::string name;
    std::string unit;  ///< what is counted: "call", "tx", "message"
    std::uint64_t things = 0;
    double seconds = 0;  ///< in which they were done; 0: no rate
    Latencies latencies{};
    std::uint64_t errors = 0;
    std::string firstError{};

    void failed(const Error& error);
};

/// Milliseconds since a moment of the steady clock.
class Stopwatch {
  public:
    [[nodiscard]] double ms() const {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began_)
            .count();
    }

  private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

class Report {
  public:
    /// The reference stays good.
    Line& line(std::string name, std::string unit) {
        return lines_.emplace_back(Line{.name = std::move(name), .unit = std::move(unit)});
    }
    void note(std::string text) { notes_.push_back(std::move(text)); }
    [[nodiscard]] std::uint64_t errors() const;
    [[nodiscard]] std::string table() const;
    /// A list of {"name", "value", "unit", "target", "cores", "reference_ratio"}.
    [[nodiscard]] std::string json() const;

  private:
    std::deque<Line> lines_;
    std::vector<std::string> notes_;
};

}  // namespace pegasus::bench
