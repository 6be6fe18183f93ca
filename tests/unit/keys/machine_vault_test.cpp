// SPDX-License-Identifier: Apache-2.0
// MachineVault: the key file, and what opens what.
#include "keys/machine_vault.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "support/test_loop.hpp"

namespace pegasus::keys {
namespace {

using test::FakeRandom;
using test::TempDir;

std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

void writeFile(const std::filesystem::path& file, std::string_view content) {
    std::ofstream(file, std::ios::binary) << content;
    ::chmod(file.c_str(), 0600);
}

struct Vault : testing::Test {
    TempDir dir;
    FakeRandom random;
    std::filesystem::path file = dir.path() / "machine.key";
    MachineVault open() { return MachineVault::open(file, random).value(); }
};

TEST_F(Vault, OpensWhatItSealedInAnEarlierLife) {
    const auto sealed = open().seal("stream seed garden", bytes("secret")).value();
    EXPECT_EQ(open().unseal("stream seed garden", sealed).value().text(), "secret");
}

TEST_F(Vault, CreatesAFileForItsOwnerAlone) {
    (void)open();
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0600U);
    EXPECT_EQ(info.st_size, 32);
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
}

TEST_F(Vault, CreatesItsFileAfterAStartThatWasCutOff) {
    writeFile(file.string() + ".new", "half");
    (void)open();
    EXPECT_EQ(std::filesystem::file_size(file), 32U);
}

TEST_F(Vault, SealsTheSameTextDifferentlyEachTime) {
    const auto vault = open();
    EXPECT_NE(vault.seal("a", bytes("x")).value(), vault.seal("a", bytes("x")).value());
}

TEST_F(Vault, RefusesAnotherContext) {
    const auto vault = open();
    const auto sealed = vault.seal("order 1", bytes("secret")).value();
    EXPECT_EQ(vault.unseal("order 2", sealed).error().code, ErrorCode::Corrupt);
}

TEST_F(Vault, RefusesEveryTruncationAndEveryChangedByte) {
    const auto vault = open();
    const auto sealed = vault.seal("a", bytes("secret")).value();
    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_EQ(vault.unseal("a", std::span(sealed).first(size)).error().code, ErrorCode::Corrupt) << size;
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] ^= 1U;
        EXPECT_EQ(vault.unseal("a", changed).error().code, ErrorCode::Corrupt) << i;
    }
}

TEST_F(Vault, RefusesAKeyFileOfAnotherLength) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{33}, std::size_t{5000}}) {
        writeFile(file, std::string(size, 'k'));
        EXPECT_EQ(MachineVault::open(file, random).error().code, ErrorCode::Corrupt) << size;
    }
}

TEST_F(Vault, RefusesAKeyFileThatOthersCanRead) {
    (void)open();
    ::chmod(file.c_str(), 0640);
    EXPECT_EQ(MachineVault::open(file, random).error().code, ErrorCode::AccessDenied);
}

TEST_F(Vault, NeverMakesUpAMissingCredential) {
    EXPECT_EQ(MachineVault::fromCredential(file, random).error().code, ErrorCode::NotFound);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Vault, TakesItsKeyFromACredential) {
    const auto sealed = open().seal("a", bytes("secret")).value();
    ::chmod(file.c_str(), 0440);
    EXPECT_EQ(MachineVault::fromCredential(file, random).value().unseal("a", sealed).value().text(), "secret");
}

TEST_F(Vault, ReportsAFolderThatIsNotThere) {
    EXPECT_EQ(MachineVault::open(dir.path() / "none" / "key", random).error().code, ErrorCode::NoSpace);
}

}  // namespace
}  // namespace pegasus::keys
