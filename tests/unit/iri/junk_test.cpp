// SPDX-License-Identifier: Apache-2.0
// Requests over HTTP whose members are of no use.
#include "rig.hpp"

namespace pegasus::iri {
namespace {

TEST(IriServer, AnswersJunkInAnyMemberOfAnyCommandWithAnError) {
    ServerRig rig;
    const std::pair<std::string, std::vector<std::string>> commands[] = {
        {"getTransactionsToApprove", {"depth", "reference"}},
        {"attachToTangle", {"trunkTransaction", "branchTransaction", "minWeightMagnitude", "trytes"}},
        {"storeTransactions", {"trytes"}},
        {"broadcastTransactions", {"trytes"}},
        {"findTransactions", {"addresses", "bundles", "tags", "approvees"}},
        {"getTrytes", {"hashes"}},
        {"getBalances", {"addresses", "tips"}},
        {"getInclusionStates", {"transactions"}},
        {"wereAddressesSpentFrom", {"addresses"}},
        {"checkConsistency", {"tails"}},
        {"getTipInfo", {"tailTransaction"}},
        {"Faucet.request", {"address"}},
        {R"(findTransactions","tags":["AB"],"after":"","x":")", {"limit", "valueOnly", "after"}},
        {R"(findTransactions","addresses":[],"limit":0,"valueOnly":7,"x":")", {"after"}}};
    const std::string junk[] = {"null", "true", "{}", "[[]]", "[null]", "[1]", "[{}]", R"("")", R"(["abc"])", "-1e308", R"("\u0000")",
                                R"(["\ud83d\ude00"])"};
    for (const auto& [command, members] : commands) {
        for (const auto& member : members) {
            for (const auto& value : junk) {
                const auto body = R"({"command":")" + command + R"(",")" + member + "\":" + value + "}";
                const auto answer = ask(rig.port, body);
                const bool fine = member == "valueOnly" && value == "true";  // and an empty cursor is one
                const bool begins = member == "after" && value == R"("")";
                EXPECT_TRUE(answer.status == 400 || answer.status == 500 || ((fine || begins) && answer.status == 200)) << body << answer.status;
                const auto parsed = boost::json::parse(answer.body).as_object();
                EXPECT_TRUE(answer.status == 200 || parsed.contains("error") || parsed.contains("exception")) << answer.body;
            }
        }
    }
    EXPECT_EQ(ask(rig.port, R"({"command":"getTips"})").status, 200);
}

}  // namespace
}  // namespace pegasus::iri
