// SPDX-License-Identifier: Apache-2.0
// What the README of each driver says, against its declaration.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

/// The READMEs of all folders, after one another: some folders have two types.
std::string readmes() {
    std::string text;
    for (const auto& folder : std::filesystem::directory_iterator(std::filesystem::path(PEGASUS_CASES) / "../../drivers")) {
        std::ifstream in(folder.path() / "README.md");
        std::ostringstream all;
        all << in.rdbuf();
        text += "\n" + all.str();
    }
    return text;
}

/// The README whose heading names the type.
std::string readmeOf(const std::string& all, std::string_view type) {
    for (std::size_t at = all.find("\n# "); at != std::string::npos; at = all.find("\n# ", at + 1)) {
        const auto heading = all.substr(at + 3, all.find('\n', at + 3) - at - 3);
        if ((", " + heading + ",").find(fmt::format(", {},", type)) == std::string::npos) continue;
        return all.substr(at, all.find("\n# ", at + 1) - at);
    }
    return {};
}

using Documents = test::ChipFixture;

TEST_F(Documents, EachDriverHasAReadmeThatNamesItsOptionsAndChannels) {
    const auto all = readmes();
    for (const auto* type : registry.types()) {
        const auto readme = readmeOf(all, type->name);
        ASSERT_FALSE(readme.empty()) << type->name;
        for (const auto& option : type->options) EXPECT_NE(readme.find(fmt::format("`{}`", option.name)), std::string::npos) << type->name << " " << option.name;
        for (const auto& option : type->channelOptions) EXPECT_NE(readme.find(fmt::format("`{}`", option.name)), std::string::npos) << type->name << " " << option.name;
        for (const auto& channel : type->channels) EXPECT_NE(readme.find(std::string(channel.quantity)), std::string::npos) << type->name << " " << channel.quantity;
    }
}

TEST_F(Documents, EachOptionSaysWhatItSetsInOneLine) {
    const auto check = [](std::string_view where, std::span<const sensor::Option> options) {
        for (const auto& option : options) {
            EXPECT_FALSE(option.help.empty()) << where << " " << option.name;
            EXPECT_FALSE(option.help.ends_with('.')) << where << " " << option.name;
            EXPECT_LE(option.help.size(), 130U) << where << " " << option.name;
            const bool fits = option.standard.empty() || sensor::checkOption(option, Given(std::string(option.standard)));
            EXPECT_TRUE(fits) << where << " " << option.name << ": its own default";
        }
    };
    for (const auto* type : registry.types()) {
        check(type->name, type->options);
        check(type->name, type->channelOptions);
        EXPECT_FALSE(type->summary.empty());
    }
    check("every sensor", sensor::commonOptions());
    check("every channel", sensor::commonChannelOptions());
}

}  // namespace
}  // namespace pegasus::drivers
