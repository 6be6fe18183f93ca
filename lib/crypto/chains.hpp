// SPDX-License-Identifier: Apache-2.0
// Winternitz hash chains: many independent runs of Kerl over single blocks, several lanes at a time.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/kerl.hpp"

namespace pegasus::crypto {

/// Replaces blocks[i] by Kerl applied steps[i] times to it; a block with 0 steps stays as it is. Both spans have the
/// same length. Working memory is wiped: blocks may be private keys.
void advanceChains(std::span<KerlBlock> blocks, std::span<const std::uint8_t> steps);
/// The same, one block after the other without vectors: the reference for tests and benchmarks.
void advanceChainsPlain(std::span<KerlBlock> blocks, std::span<const std::uint8_t> steps);

}  // namespace pegasus::crypto
