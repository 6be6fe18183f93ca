// SPDX-License-Identifier: Apache-2.0
// The command line of the load program.
#pragma once

#include <cstdint>
#include <string>

#include "iri/url.hpp"

namespace pegasus::bench {

struct Options {
    iri::Url url;
    std::uint64_t gateways = 0;
    std::uint64_t buyers = 0;
    std::uint64_t seconds = 30;
    std::uint64_t interval = 1000;
    std::uint64_t poll = 1000;
    std::uint64_t transactions = 0;
    std::uint64_t singles = 0;
    std::uint64_t queries = 1000;
    std::uint64_t connections = 2;
    std::uint64_t mwm = 9;
    std::uint64_t seed = 0;
    bool query = false;
    bool allowRemote = false;
    std::string json;
    std::string samples;
};

extern const char* const kUsage;

/// InvalidArgument says what is wrong.
[[nodiscard]] Result<Options> parseOptions(int argc, char** argv);

}  // namespace pegasus::bench
