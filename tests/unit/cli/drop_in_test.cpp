// SPDX-License-Identifier: Apache-2.0
// The file of a sensor that is added: where it goes, and that it is whole, readable and never another's.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "cli/drop_in.hpp"
#include "support/test_loop.hpp"

namespace pegasus::cli {
namespace {

namespace fs = std::filesystem;

std::string textOf(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(DropIn, IsBesideTheConfigurationOfTheDaemon) {
    EXPECT_EQ(dropInFor("/etc/pegasus/pegasusd.yaml", "garden-2").value(), "/etc/pegasus/pegasusd.yaml.d/garden-2.yaml");
}

TEST(DropIn, HasNoNameThatIsAPath) {
    for (const auto* name : {"", ".", "..", "../x", "a/b", "/etc/x", "Garden", "-x", "_x", "a b", "a\nb", "ä"})
        EXPECT_EQ(dropInFor("/c.yaml", name).error().code, ErrorCode::InvalidArgument) << name;
    EXPECT_TRUE(dropInFor("/c.yaml", std::string(64, 'a')));
    EXPECT_FALSE(dropInFor("/c.yaml", std::string(65, 'a')));
}

TEST(DropIn, IsReadableWhateverTheUmaskAndLeavesNothingBeside) {
    const test::TempDir folder;
    const auto file = folder.path() / "pegasusd.yaml.d" / "garden.yaml";
    const auto before = ::umask(077);
    const auto written = writeDropIn(file, "sensors:\n");
    ::umask(before);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(textOf(file), "sensors:\n");
    EXPECT_EQ(fs::status(file).permissions(), fs::perms(0644));
    EXPECT_EQ(fs::status(file.parent_path()).permissions(), fs::perms(0755));
    EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);
}

TEST(DropIn, DoesNotTouchAFileThatIsThere) {
    const test::TempDir folder;
    const auto file = folder.path() / "garden.yaml";
    std::ofstream(file) << "mine";
    EXPECT_EQ(writeDropIn(file, "other").error().code, ErrorCode::AlreadyExists);
    EXPECT_EQ(textOf(file), "mine");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(DropIn, SaysWhyItCannotBeWritten) {
    const test::TempDir folder;
    std::ofstream(folder.path() / "file") << "";
    EXPECT_FALSE(writeDropIn(folder.path() / "file" / "garden.yaml", "x"));
}

}  // namespace
}  // namespace pegasus::cli
