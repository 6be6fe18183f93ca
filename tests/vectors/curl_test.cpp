// SPDX-License-Identifier: Apache-2.0
// Vectors b: Curl-P-27 and -81, partial blocks, several output blocks.
#include "crypto/curl.hpp"

#include "crypto/curl_batch.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

using crypto::Curl;
using crypto::CurlRounds;

std::string squeezed(CurlRounds rounds, const std::string& input, std::int64_t trits) {
    Curl curl(rounds);
    curl.absorb(input);
    return trinary::trytesFromTrits(curl.squeeze(static_cast<std::size_t>((trits + 242) / 243)))
        .substr(0, static_cast<std::size_t>(trits / 3));
}

TEST(VectorsB, CurlAgreesWithEveryGenerator) {
    for (const auto& c : cases("b_curl.json")) {
        const auto& o = c.as_object();
        const auto input = text(o, "input");
        EXPECT_EQ(squeezed(CurlRounds::P27, input, integer(o, "outTrits")), text(o, "curlp27")) << input;
        EXPECT_EQ(squeezed(CurlRounds::P81, input, integer(o, "outTrits")), text(o, "curlp81")) << input;
    }
}

TEST(VectorsB, SoDoesABatchForInputsOfWholeBlocks) {
    int tried = 0;
    for (const auto& c : cases("b_curl.json")) {
        const auto& o = c.as_object();
        const auto input = text(o, "input");
        if (input.empty() || input.size() % 81 != 0) continue;
        ++tried;
        const std::vector<std::string_view> inputs(10, input);
        for (const auto& hash : crypto::curlHashAll(CurlRounds::P81, inputs))
            EXPECT_EQ(hash.view(), text(o, "curlp81").substr(0, 81));
        for (const auto& hash : crypto::curlHashAll(CurlRounds::P27, inputs))
            EXPECT_EQ(hash.view(), text(o, "curlp27").substr(0, 81));
    }
    EXPECT_GT(tried, 0);
}

}  // namespace
}  // namespace pegasus::vectors
