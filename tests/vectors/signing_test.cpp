// SPDX-License-Identifier: Apache-2.0
// Vectors e: normalised hashes, signatures, tampering, increments of the obsolete tag.
#include "crypto/kerl.hpp"
#include "crypto/signature.hpp"
#include "model/bundle.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

using crypto::normalize;
using trinary::Hash;

constexpr const char* kFile = "e_signing.json";

Hash hashOf(const json::object& o, std::string_view key) { return Hash::parse(text(o, key)).value(); }

std::vector<std::string> fragmentsOf(const json::object& o) {
    std::vector<std::string> fragments;
    for (const auto& f : o.at("fragments").as_array()) fragments.emplace_back(f.as_string());
    return fragments;
}

std::string signer(const Hash& bundleHash, const std::vector<std::string>& fragments) {
    const std::vector<std::string_view> views(fragments.begin(), fragments.end());
    return crypto::addressOfSignature(normalize(bundleHash), views).str();
}

void expectNormalized(const json::object& o) {
    const auto values = normalize(hashOf(o, "bundleHash"));
    EXPECT_EQ((std::vector<int>(values.begin(), values.end())), numbers<int>(o.at("normalized")));
    EXPECT_EQ(crypto::containsThirteen(values), o.at("contains13").as_bool());
}

TEST(VectorsE, HashesAreNormalised) {
    for (const auto& c : cases(kFile, "normalized")) expectNormalized(c.as_object());
    for (const auto& c : cases(kFile)) expectNormalized(c.as_object());
}

TEST(VectorsE, SignaturesAreThoseOfTheGenerators) {
    for (const auto& c : cases(kFile)) {
        const auto& o = c.as_object();
        const auto seed = crypto::Seed::parse(text(o, "seed")).value();
        const auto index = static_cast<crypto::KeyIndex>(integer(o, "index"));
        const auto level = static_cast<crypto::SecurityLevel>(integer(o, "security"));
        EXPECT_EQ(crypto::sign(seed, index, level, normalize(hashOf(o, "bundleHash"))), fragmentsOf(o));
        EXPECT_EQ(crypto::deriveAddress(seed, index, level).view(), text(o, "address"));
    }
}

TEST(VectorsE, SignaturesVerifyOrFailAsGiven) {
    for (const auto& c : cases(kFile)) {
        const auto& o = c.as_object();
        const auto address = text(o, "address");
        auto fragments = fragmentsOf(o);
        EXPECT_EQ(signer(hashOf(o, "bundleHash"), fragments) == address, o.at("valid").as_bool());
        const auto& other = o.at("other_hash").as_object();
        EXPECT_EQ(signer(hashOf(other, "bundleHash"), fragments) == address, other.at("valid").as_bool());
        const auto& tampered = o.at("tampered").as_object();
        fragments.at(static_cast<std::size_t>(integer(tampered, "fragment")))
            .at(static_cast<std::size_t>(integer(tampered, "position"))) = text(tampered, "tryte").at(0);
        EXPECT_EQ(signer(hashOf(o, "bundleHash"), fragments) == address, tampered.at("valid").as_bool());
    }
}

std::vector<model::Transaction> transactionsOf(const json::object& o) {
    std::vector<model::Transaction> transactions;
    for (const auto& e : o.at("entries").as_array()) {
        const auto& entry = e.as_object();
        model::Transaction t;
        t.address = model::Address::parse(text(entry, "address")).value();
        t.value = integer(entry, "value");
        t.obsoleteTag = model::Tag::parsePadded(text(entry, "tag")).value();
        t.timestamp = integer(entry, "timestamp");
        transactions.push_back(t);
    }
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        transactions[i].currentIndex = static_cast<std::int64_t>(i);
        transactions[i].lastIndex = static_cast<std::int64_t>(transactions.size() - 1);
    }
    return transactions;
}

TEST(VectorsE, TheObsoleteTagIsIncrementedUntilNoThirteenIsLeft) {
    for (const auto& c : cases(kFile, "m_bug")) {
        const auto& o = c.as_object();
        const auto done = model::finalizeBundle(transactionsOf(o)).value();
        EXPECT_EQ(done.transactions.front().obsoleteTag.view(), text(o, "first_obsoleteTag_after"));
        EXPECT_EQ(done.transactions.front().bundle.view(), text(o, "bundleHash"));
        EXPECT_EQ(static_cast<std::int64_t>(done.increments), integer(o, "increments"));
    }
}

}  // namespace
}  // namespace pegasus::vectors
