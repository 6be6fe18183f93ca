// SPDX-License-Identifier: Apache-2.0
// Vectors h: nonces. They are not unique, so ours are only checked for their weight.
#include "crypto/curl.hpp"
#include "pow/nonce_search.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

trinary::Hash hashOf(const std::string& trytes) { return crypto::curlHash(crypto::CurlRounds::P81, trytes); }

int weightOf(const trinary::Hash& hash) {
    const auto trits = hash.trits();
    int weight = 0;
    while (weight < 243 && trits[static_cast<std::size_t>(242 - weight)] == 0) ++weight;
    return weight;
}

TEST(VectorsH, TheGivenNonceHasTheWeight) {
    for (const auto& c : cases("h_pow.json")) {
        const auto& o = c.as_object();
        const auto hash = hashOf(text(o, "without_nonce") + text(o, "nonce"));
        EXPECT_EQ(hash.view(), text(o, "hash"));
        EXPECT_EQ(weightOf(hash), integer(o, "weight"));
    }
}

TEST(VectorsH, TheSearchFindsANonceOfThatWeight) {
    for (const auto& c : cases("h_pow.json")) {
        const auto& o = c.as_object();
        const auto without = text(o, "without_nonce");
        const auto mwm = static_cast<int>(integer(o, "mwm"));
        const auto found = pow::searchNonce(without + std::string(27, '9'), mwm, {});
        ASSERT_TRUE(found);
        EXPECT_GE(weightOf(hashOf(without + found->nonce)), mwm);
    }
}

}  // namespace
}  // namespace pegasus::vectors
