// SPDX-License-Identifier: Apache-2.0
// Many Curl-P states at once, bit-sliced: for transaction hashes and for the chains and nonces of MAM. Pure, any thread.
// The instruction set is chosen at run time; how it works is told in curl_lanes-inl.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/curl.hpp"

namespace pegasus::crypto {

/// States that go side by side with the instruction set of this machine: what a batch costs is a multiple of this.
[[nodiscard]] std::size_t curlLanes();
/// Its name, for benchmarks.
[[nodiscard]] std::string_view curlTarget();

/// One permutation of each sponge; all must have the same number of rounds. Fastest for a multiple of curlLanes().
void permuteAll(std::span<Curl> sponges);

/// Hashes blocks[i] steps[i] times, each time with a fresh sponge. Both spans have the same size.
void hashChains(CurlRounds rounds, std::span<CurlBlock> blocks, std::span<const std::uint8_t> steps);

/// The hashes of inputs of one length, which is a multiple of 81 trytes and not zero; all must satisfy isTrytes.
[[nodiscard]] std::vector<trinary::Hash> curlHashAll(CurlRounds rounds, std::span<const std::string_view> inputs);

}  // namespace pegasus::crypto
