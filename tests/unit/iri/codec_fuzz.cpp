// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the codec: clang++ -fsanitize=fuzzer,address. The unit test runs the same check on mutations.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "samples.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (!pegasus::iri::survives({reinterpret_cast<const char*>(data), size})) std::abort();
    return 0;
}
