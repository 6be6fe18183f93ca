// SPDX-License-Identifier: Apache-2.0
// Samples and the text of messages. Format: README.md, "Messages". Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sensor/reading.hpp"

namespace pegasus::stream {

/// What one turn of a sensor gave to a stream, as text in ASCII: one object, or an array of them.
struct Sample {
    std::string json;
    std::uint64_t omitted = 0;  ///< samples left out just before this one, for want of room

    bool operator==(const Sample&) const = default;
};

/// At least one reading. Never fails: bytes that are no UTF-8 become '?'.
[[nodiscard]] std::string encodeSample(std::span<const sensor::Reading> readings);

/// The text of one message: the bare object if there is but one, else the array of all, in order.
[[nodiscard]] std::string composeMessage(std::span<const Sample> samples);

/// Longest text of a message that fits MAM's limit of 88 573 trytes, with room to spare.
inline constexpr std::size_t kMaxMessageText = 40'000;

/// How many of the first samples go into one message: the first always, up to `batch` as long as they fit into
/// kMaxMessageText, and beyond (a backlog) up to `most` as long as they fit into `characters`.
[[nodiscard]] std::size_t fitting(std::span<const Sample> samples, std::size_t characters, std::size_t most,
                                  std::size_t batch);

/// Drops the older of each pair of samples and counts it in the newer. Returns how many were dropped.
std::size_t thin(std::vector<Sample>& samples);

}  // namespace pegasus::stream
