// SPDX-License-Identifier: Apache-2.0
// drivers-man VERSION: writes the manual page pegasusd-drivers(5) from the declarations of the drivers.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "drivers/all.hpp"
#include "loop/loop.hpp"

namespace pegasus {
namespace {

/// Text that roff does not take for its own.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') out += "\\e";
        else if (c == '-') out += "\\-";
        else out += c;
    }
    return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string ending(const sensor::Option& option) {
    std::string text = fmt::format("; {}", sensor::expectation(option));
    if (option.needed) text += "; needed";
    else if (!option.standard.empty()) text += fmt::format(" (default {})", option.standard);
    return text;
}

void options(std::span<const sensor::Option> rows) {
    for (const auto& option : rows)
        fmt::print(".TP\n.B {}\n{}.\n", plain(option.name), plain(std::string(option.help) + ending(option)));
}

std::string range(const sensor::ChannelRow& row) {
    if (row.least && row.most) return fmt::format(", {} to {}", *row.least, *row.most);
    if (row.least) return fmt::format(", from {}", *row.least);
    return row.most ? fmt::format(", to {}", *row.most) : "";
}

void driver(const sensor::DriverType& type) {
    fmt::print(".SS {}\n{}.\n", plain(type.name), plain(type.summary));
    options(type.options);
    if (!type.channelOptions.empty()) fmt::print(".PP\nOf each channel below\n.BR channels :\n");
    options(type.channelOptions);
    if (type.channels.empty()) return;
    std::vector<std::string> channels;
    for (const auto& row : type.channels) channels.push_back(fmt::format("{} ({}{})", row.quantity, row.unit, range(row)));
    fmt::print(".PP\nChannels: {}.\n", plain(fmt::format("{}", fmt::join(channels, "; "))));
}

int write(const char* version) {
    const loop::SystemClock clock;
    sensor::Registry registry(clock);
    drivers::registerAll(registry, drivers::thisMachine(clock, {}));
    fmt::print(".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made from the declarations of the drivers.\n"
               ".TH PEGASUSD\\-DRIVERS 5 \"\" \"pegasusd {}\"\n.SH NAME\npegasusd\\-drivers \\- what sensors pegasusd reads\n.SH DESCRIPTION\n"
               "Each sensor in\n.BR pegasusd.yaml (5)\nhas a\n.BR type ,\none of those below, and takes the options of that type and those that every sensor has. "
               "Wiring, quality and limits of each are in its README, installed as\n.IR driver\\-NAME.md .\n"
               ".SH \"EVERY SENSOR\"\n", plain(version));
    options(sensor::commonOptions());
    fmt::print(".PP\nOf each channel, by its quantity below\n.BR channels :\n");
    options(sensor::commonChannelOptions());
    fmt::print(".SH TYPES\n");
    for (const auto* type : registry.types()) driver(*type);
    fmt::print(".SH \"SEE ALSO\"\n.BR pegasusd.yaml (5),\n.BR pegasusctl (1)\n");
    return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace pegasus

int main(int argc, char** argv) { return argc == 2 ? pegasus::write(argv[1]) : 2; }
