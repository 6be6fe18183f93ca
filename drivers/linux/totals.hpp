// SPDX-License-Identifier: Apache-2.0
// Totals: counters that survive a restart, one small file for each sensor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"

namespace pegasus::drivers::linux_ {

/// Any thread. What was added is in the file after save(), at the latest when the Totals go.
class Totals {
public:
    /// `folder` is made when it is needed; empty: nothing is kept.
    explicit Totals(std::filesystem::path folder) : folder_(std::move(folder)) {}
    ~Totals();
    Totals(const Totals&) = delete;
    Totals& operator=(const Totals&) = delete;

    /// The counter of a sensor, read from its file the first time. `notice` of the answer: the file was damaged, and is kept aside.
    struct Loaded {
        std::uint64_t count = 0;
        std::string notice;
    };
    [[nodiscard]] Result<Loaded> load(const std::string& id);
    /// Returns the new total.
    std::uint64_t add(const std::string& id, std::uint64_t pulses);
    /// Writes what changed, whole or not at all.
    [[nodiscard]] Result<void> save(const std::string& id);

private:
    struct Counter {
        std::uint64_t count = 0;
        std::uint64_t saved = 0;
    };
    [[nodiscard]] std::filesystem::path fileOf(const std::string& id) const { return folder_ / (id + ".total"); }
    [[nodiscard]] Result<void> write(const std::string& id, std::uint64_t count) const;

    std::filesystem::path folder_;
    std::mutex mutex_;
    std::map<std::string, Counter> counters_;
};

}  // namespace pegasus::drivers::linux_
