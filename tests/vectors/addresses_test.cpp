// SPDX-License-Identifier: Apache-2.0
// Vectors d: addresses of seeds, checksums, seeds of other lengths.
#include "crypto/signature.hpp"
#include "model/types.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

using crypto::Seed;

constexpr const char* kFile = "d_addresses.json";

trinary::Hash derive(const json::object& o, const Seed& seed) {
    return crypto::deriveAddress(seed, static_cast<crypto::KeyIndex>(integer(o, "index")),
                                 static_cast<crypto::SecurityLevel>(integer(o, "security")));
}

TEST(VectorsD, SeedsGiveTheirAddressesAndChecksums) {
    for (const auto& c : cases(kFile)) {
        const auto& o = c.as_object();
        const auto address = derive(o, Seed::parse(text(o, "seed")).value());
        EXPECT_EQ(address.view(), text(o, "address"));
        EXPECT_EQ(crypto::addressChecksum(address), text(o, "checksum"));
    }
}

TEST(VectorsD, ShortSeedsArePaddedAndLongOnesRefused) {
    for (const auto& c : cases(kFile, "seed_lengths")) {
        const auto& o = c.as_object();
        const auto seed = Seed::parse(text(o, "seed"));
        ASSERT_EQ(seed.has_value(), text(o, "seed").size() <= 81);
        if (!seed) continue;
        const auto address = model::addressFrom(derive(o, *seed));
        EXPECT_EQ(model::withChecksum(address), text(o, "b30"));
    }
}

TEST(VectorsD, ChecksumsAreVerified) {
    for (const auto& c : cases(kFile, "checksums")) {
        const auto& o = c.as_object();
        const bool valid = !o.contains("valid") || o.at("valid").as_bool();
        EXPECT_EQ(model::parseAddress(text(o, "address") + text(o, "checksum")).has_value(), valid);
    }
}

}  // namespace
}  // namespace pegasus::vectors
