// SPDX-License-Identifier: Apache-2.0
// The command line of the load program. Every number has a bound.
#include "bench/load_options.hpp"

#include <charconv>
#include <random>
#include <string_view>

namespace pegasus::bench {

const char* const kUsage =
    R"(load [OPTIONS]: drives gateways and buyers against a node with the IRI HTTP API.
  --url URL            http://127.0.0.1:14265
  --mwm W              minimum weight magnitude of the network (9)
  --connections C      to the node at a time (2)
  --json FILE          writes the figures there too
  --allow-remote       other hosts than this one
  --seed N             of everything random; otherwise another one each time
Gateways, each with a MAM channel (restricted, security 2), and buyers, who follow them:
  --gateways N  --buyers M  --seconds S (30)
  --interval MS        between two messages of a gateway (1000; 0: at once)
  --poll MS            between two looks of a buyer (1000)
Broadcast of transactions made ahead, 70 % MAM, 20 % like payments, 10 % like listings:
  --transactions T     in calls of up to 350
  --singles T          before these, one in a call
  --query              then single queries about them; --queries N of each kind (1000)
  --samples FILE       what may be asked for is written there; without --transactions it is read from there, so that a
                       node that was filled before is asked
)";

namespace {

struct Number {
    std::string_view name;
    std::uint64_t Options::*member;
    std::uint64_t least;
    std::uint64_t most;
};
constexpr Number kNumbers[] = {
    {"--gateways", &Options::gateways, 0, 10'000},
    {"--buyers", &Options::buyers, 0, 10'000},
    {"--seconds", &Options::seconds, 1, 86'400},
    {"--interval", &Options::interval, 0, 3'600'000},
    {"--poll", &Options::poll, 1, 3'600'000},
    {"--transactions", &Options::transactions, 0, 10'000'000},
    {"--singles", &Options::singles, 0, 100'000},
    {"--queries", &Options::queries, 1, 1'000'000},
    {"--connections", &Options::connections, 1, 64},
    {"--mwm", &Options::mwm, 0, 14},
    {"--seed", &Options::seed, 1, ~std::uint64_t{0}},
};

Result<std::uint64_t> parseNumber(const Number& number, std::string_view text) {
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || at != end || value < number.least || value > number.most)
        return fail(ErrorCode::InvalidArgument, "{}: got '{}', expected a number from {} to {}",
                    number.name, text, number.least, number.most);
    return value;
}

Result<void> setValue(Options& options, std::string_view name, std::string_view value) {
    for (const auto& number : kNumbers) {
        if (number.name != name) continue;
        PEGASUS_TRY(options.*number.member, parseNumber(number, value));
        return {};
    }
    if (name == "--url") {
        PEGASUS_TRY(options.url, iri::parseUrl(value));
    } else if (name == "--json") {
        options.json = value;
    } else if (name == "--samples") {
        options.samples = value;
    } else {
        return fail(ErrorCode::InvalidArgument, "unknown option '{}'", name);
    }
    return {};
}

bool isLoopback(std::string_view host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<void> check(const Options& o) {
    if (!isLoopback(o.url.host) && !o.allowRemote)
        return fail(ErrorCode::InvalidArgument,
                    "{} is not this machine: --allow-remote if it is yours to load", o.url.host);
    if (o.buyers > 0 && o.gateways == 0)
        return fail(ErrorCode::InvalidArgument, "buyers need --gateways to follow");
    if (o.gateways + o.transactions + o.singles == 0 && !o.query)
        return fail(ErrorCode::InvalidArgument,
                    "nothing to do: --gateways, --transactions, --singles or --query");
    if (o.query && o.transactions + o.singles == 0 && o.samples.empty())
        return fail(ErrorCode::InvalidArgument, "--query needs --transactions or --samples to ask for");
    return {};
}

}  // namespace

Result<Options> parseOptions(int argc, char** argv) {
    Options options;
    PEGASUS_TRY(options.url, iri::parseUrl("http://127.0.0.1:14265"));
    options.seed = std::random_device()();
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        if (name == "--query") {
            options.query = true;
        } else if (name == "--allow-remote") {
            options.allowRemote = true;
        } else if (i + 1 == argc) {
            return fail(ErrorCode::InvalidArgument, "option '{}' is unknown or needs a value",
                        name);
        } else {
            PEGASUS_CHECK(setValue(options, name, argv[++i]));
        }
    }
    PEGASUS_CHECK(check(options));
    return options;
}

}  // namespace pegasus::bench
