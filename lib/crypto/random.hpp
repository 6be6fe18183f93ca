// SPDX-License-Identifier: Apache-2.0
// The system's random numbers.
#pragma once

#include "base/scheduler.hpp"

namespace pegasus::crypto {

/// OpenSSL's generator, seeded by the kernel. Any thread. Ends the program if there is no entropy: a key made without
/// it would look like any other.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace pegasus::crypto
