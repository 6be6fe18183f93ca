// SPDX-License-Identifier: Apache-2.0
// Vectors c: Kerl over several blocks in and out.
#include "crypto/kerl.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

TEST(VectorsC, KerlAgreesWithEveryGenerator) {
    for (const auto& c : cases("c_kerl.json")) {
        const auto& o = c.as_object();
        const auto input = text(o, "input");
        crypto::Kerl kerl;
        kerl.absorb(input);
        std::string out;
        for (std::int64_t left = integer(o, "outTrits"); left > 0; left -= 243) out += kerl.squeezeHash().view();
        EXPECT_EQ(out, text(o, "kerl")) << input;
    }
}

TEST(VectorsC, TritsAndTrytesAreAbsorbedAlike) {
    for (const auto& c : cases("c_kerl.json")) {
        const auto& o = c.as_object();
        crypto::Kerl kerl;
        kerl.absorb(std::span<const trinary::Trit>(trinary::tritsFromTrytes(text(o, "input"))));
        EXPECT_EQ(kerl.squeezeHash().view(), text(o, "kerl").substr(0, 81));
    }
}

}  // namespace
}  // namespace pegasus::vectors
