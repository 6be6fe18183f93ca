// SPDX-License-Identifier: Apache-2.0
// The codec of the IRI API: shapes, texts of errors, bounds, hostile bytes.
#include <gtest/gtest.h>

#include <random>

#include "samples.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pegasus::iri {
namespace {

ApiError refusalOf(std::string_view body, const CodecLimits& limits = {},
                   const std::vector<std::string>& limited = {}) {
    const auto decoded = decodeRequest(body, limits, limited);
    if (decoded) return ApiError{200, "it was accepted", ""};
    return decoded.error();
}
ApiError error400(std::string text) { return {400, std::move(text), ""}; }
ApiError exception500(std::string text) { return {500, std::move(text), ""}; }

template <class T>
void expectRoundTrip(const Answer& answer) {
    if (!std::holds_alternative<T>(answer)) return;
    const auto decoded = decodeAnswer<T>(encodeAnswer(answer, 7), {});
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, std::get<T>(answer));
}

template <class... T>
void expectRoundTrips(const Answer& answer, std::variant<T...>*) {
    (expectRoundTrip<T>(answer), ...);
}

TEST(IriRequest, IsReadAsItWasWritten) {
    for (const auto& request : sampleRequests()) {
        const auto text = encodeRequest(request);
        const auto decoded = decodeRequest(text, {});
        ASSERT_TRUE(decoded) << text << ": " << decoded.error().text;
        EXPECT_EQ(*decoded, request) << text;
    }
}

TEST(IriAnswer, IsReadAsItWasWritten) {
    for (const auto& answer : sampleAnswers()) expectRoundTrips(answer, static_cast<Answer*>(nullptr));
}

TEST(IriRequest, HasTheShapeThatNodesExpect) {
    GetTransactionsToApprove tips;
    tips.depth = 3;
    EXPECT_EQ(encodeRequest(tips), R"({"command":"getTransactionsToApprove","depth":3})");
    FindTransactions find;
    find.tags = {filled<Tag>('T')};
    EXPECT_EQ(encodeRequest(find),
              R"({"command":"findTransactions","tags":["TTTTTTTTTTTTTTTTTTTTTTTTTTT"]})");
}

TEST(IriAnswer, HasTheShapeThatClientsExpect) {
    EXPECT_EQ(encodeAnswer(EmptyAnswer(), 3), R"({"duration":3})");
    EXPECT_EQ(encodeAnswer(NeighborsAnswer(), 3), R"({"neighbors":[],"duration":3})");
    EXPECT_EQ(encodeAnswer(StatesAnswer{{true, false}}, 0), R"({"states":[true,false],"duration":0})");
    BalancesAnswer balances;
    balances.balances = {Iotas(17)};
    balances.milestoneIndex = 4;
    EXPECT_EQ(encodeAnswer(balances, 0), R"({"balances":["17"],"references":[],"milestoneIndex":4,"duration":0})");
    EXPECT_EQ(encodeError({400, "no", ""}, 1), R"({"error":"no","duration":1})");
    EXPECT_EQ(encodeError({401, "no", ""}, 1), R"({"error":"no","duration":1})");
    EXPECT_EQ(encodeError({500, "no", ""}, 1), R"({"exception":"no","duration":1})");
    EXPECT_EQ(encodeError({400, "no", "NotFound"}, 1), R"({"error":"no","code":"NotFound","duration":1})");
}

TEST(IriRequest, RefusesAsIriDoes) {
    EXPECT_EQ(refusalOf(""), error400("Invalid request payload: ''"));
    EXPECT_EQ(refusalOf(" \r\n"), error400("Invalid request payload: ''"));
    EXPECT_EQ(refusalOf("{").status, 400);
    EXPECT_EQ(refusalOf("{").text.rfind("Invalid JSON syntax: ", 0), 0U);
    EXPECT_EQ(refusalOf("[]").status, 400);
    EXPECT_EQ(refusalOf("{}"), error400("COMMAND parameter has not been specified in the request."));
    EXPECT_EQ(refusalOf(R"({"command":"x"})"), error400("Command [x] is unknown"));
    EXPECT_EQ(refusalOf(R"({"command":"getnodeinfo"})"), error400("Command [getnodeinfo] is unknown"));
    EXPECT_EQ(refusalOf(R"({"command":3})").status, 500);
    EXPECT_EQ(refusalOf(R"({"command":"getTrytes"})"), exception500("Invalid parameters"));
    EXPECT_EQ(refusalOf(R"({"command":"getTrytes","hashes":["ABC"]})"), exception500("Invalid hashes input"));
    EXPECT_EQ(refusalOf(R"({"command":"getTrytes","hashes":"ABC"})"), exception500("Invalid hashes input"));
    EXPECT_EQ(refusalOf(R"({"command":"getTrytes","hashes":[1]})"), exception500("Invalid hashes input"));
    EXPECT_EQ(refusalOf(R"({"command":"getTransactionsToApprove"})"), exception500("Invalid parameters"));
    EXPECT_EQ(refusalOf(R"({"command":"getTransactionsToApprove","depth":"3"})"),
              exception500("Invalid depth input"));
    EXPECT_EQ(refusalOf(R"({"command":"getTransactionsToApprove","depth":3,"reference":"A"})"),
              exception500("Invalid reference input"));
    EXPECT_EQ(refusalOf(R"({"command":"storeTransactions","trytes":["abc"]})"),
              error400("Invalid trytes input"));
    EXPECT_EQ(refusalOf(R"({"command":"broadcastTransactions","trytes":["abc"]})"), exception500("Invalid trytes input"));
    EXPECT_EQ(refusalOf(R"({"command":"Faucet.request","address":7})"), exception500("Invalid address input"));
}

TEST(IriRequest, RefusesASearchForNothingOrForAll9s) {
    const std::string null(81, '9');
    const std::string kWrapped = "com.iota.iri.service.ValidationException: ";
    EXPECT_EQ(refusalOf(R"({"command":"findTransactions"})"), exception500(kWrapped + "Invalid parameters"));
    EXPECT_EQ(refusalOf(R"({"command":"findTransactions","addresses":[")" + null + R"("]})"),
              exception500(kWrapped + "Invalid addresses input"));
    EXPECT_EQ(refusalOf(R"({"command":"findTransactions","approvees":[")" + null + R"("]})"),
              exception500(kWrapped + "Invalid approvees input"));
    EXPECT_EQ(refusalOf(R"({"command":"findTransactions","tags":["9"]})"), exception500(kWrapped + "Invalid tag input"));
    EXPECT_EQ(refusalOf(R"({"command":"findTransactions","tags":["abc"]})"),
              exception500(kWrapped + "Invalid tags input"));
}

TEST(IriRequest, LeavesOutTagsThatNothingCanHave) {
    for (const std::size_t length : {28, 81}) {
        const auto decoded = decodeRequest(R"({"command":"findTransactions","tags":["AB",")" + std::string(length, 'A') + "\"]}", {});
        ASSERT_TRUE(decoded) << length;
        EXPECT_EQ(std::get<FindTransactions>(*decoded).tags->size(), 1U);
    }
    EXPECT_EQ(refusalOf(R"({"command":"findTransactions","tags":[")" + std::string(82, 'A') + "\"]}").status, 500);
}

TEST(IriRequest, TakesNumbersAsJavaDoes) {
    const auto depth = [](const std::string& number) {
        const auto decoded = decodeRequest(R"({"command":"getTransactionsToApprove","depth":)" + number + "}", {});
        return decoded ? std::get<GetTransactionsToApprove>(*decoded).depth : -99;
    };
    EXPECT_EQ(depth("3.5"), 3);
    EXPECT_EQ(depth("-0.5"), 0);
    EXPECT_EQ(depth("1e30"), 2'147'483'647);
    EXPECT_EQ(depth("-1e30"), -2'147'483'647);
    EXPECT_EQ(depth("18446744073709551615"), 2'147'483'647);
    EXPECT_EQ(depth("null"), -99);
    EXPECT_EQ(depth("true"), -99);
}

TEST(IriRequest, RefusesJunkWhereAReadingGoesOn) {
    const auto status = [](const std::string& members) {
        const auto decoded = decodeRequest(R"({"command":"findTransactions","tags":["AB"],)" + members + "}", {});
        return decoded ? 200 : decoded.error().status;
    };
    EXPECT_EQ(status(R"("after":"","limit":1,"valueOnly":true)"), 200);
    for (const std::string junk : {"null", "1", "[]", "{}", "true", "\"\\u0000\"", "\"a b\""}) EXPECT_EQ(status("\"after\":" + junk), 400) << junk;
    EXPECT_EQ(status("\"after\":\"" + std::string(65, 'a') + '"'), 400);
    for (const std::string junk : {"null", "0", "-1", "0.5", "-1e300", "1001", "1e30", "\"1\"", "[1]", "{}", "true"})
        EXPECT_EQ(status("\"after\":\"\",\"limit\":" + junk), 400) << junk;
    for (const std::string junk : {"null", "0", "1", "\"true\"", "[]", "{}"})
        EXPECT_EQ(status("\"after\":\"\",\"valueOnly\":" + junk), 400) << junk;
}

TEST(IriRequest, PadsShortTags) {
    const auto decoded = decodeRequest(R"({"command":"findTransactions","tags":["AB"]})", {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<FindTransactions>(*decoded).tags->at(0).str(), "AB" + std::string(25, '9'));
}

TEST(IriRequest, AnswersALimitedCommandBeforeAnythingElse) {
    const std::vector<std::string> limited{"attachToTangle", "someFutureCommand"};
    const ApiError expected{401, "COMMAND attachToTangle is not available on this node", ""};
    EXPECT_EQ(refusalOf(R"({"command":"attachToTangle"})", {}, limited), expected);
    EXPECT_EQ(refusalOf(R"({"command":"someFutureCommand"})", {}, limited).status, 401);
    EXPECT_TRUE(decodeRequest(R"({"command":"getNodeInfo"})", {}, limited));
}

TEST(IriRequest, IgnoresUnknownMembers) {
    const std::string hash(81, 'A');
    const auto decoded = decodeRequest(R"({"command":"getBalances","addresses":[")" + hash +
                                           R"("],"threshold":100,"tips":[],"x":{"y":[1.5e3,null]}})",
                                       {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<GetBalances>(*decoded).addresses.size(), 1U);
}

TEST(IriRequest, RefusesListsBodiesAndNestingBeyondTheBounds) {
    CodecLimits limits;
    limits.listLength = 2;
    GetTrytes two;
    two.hashes = {filled<Hash>('A'), filled<Hash>('B')};
    GetTrytes three = two;
    three.hashes.push_back(filled<Hash>('C'));
    EXPECT_TRUE(decodeRequest(encodeRequest(two), limits));
    EXPECT_EQ(refusalOf(encodeRequest(three), limits), exception500("Could not complete request"));
    limits.bodyLength = encodeRequest(two).size();
    EXPECT_TRUE(decodeRequest(encodeRequest(two), limits));
    EXPECT_EQ(refusalOf(encodeRequest(two) + " ", limits), error400("Request too long"));
    const std::string deep = R"({"command":"getNodeInfo","x":)" + std::string(100'000, '[');
    EXPECT_EQ(refusalOf(deep).status, 400);
}

TEST(IriAnswer, RefusesAmountsThatAreNone) {
    for (const auto* amount : {"\"-1\"", "\"\"", "1", "\"1.5\"", "\"2779530283277762\"", "\"99999999999999999999\"",
                               "\" 1\"", "\"0x1\"", "null"}) {
        const auto text = fmt::format(R"({{"balances":[{}],"references":[],"milestoneIndex":1}})", amount);
        const auto decoded = decodeAnswer<BalancesAnswer>(text, {});
        ASSERT_FALSE(decoded) << amount;
        EXPECT_EQ(decoded.error().code, ErrorCode::Corrupt) << amount;
    }
}

TEST(IriAnswer, RefusesAListLongerThanAskedFor) {
    CodecLimits limits;
    limits.listLength = 1;
    const auto decoded = decodeAnswer<StatesAnswer>(R"({"states":[true,true]})", limits);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::LimitExceeded);
}

TEST(IriAnswer, NeedsOnlyWhatHornetSends) {
    const std::string hash(81, 'A');
    const auto decoded = decodeAnswer<NodeInfo>(
        fmt::format(R"({{"appName":"HORNET","appVersion":"0.5.6","latestMilestone":"{0}","latestMilestoneIndex":2,
            "latestSolidSubtangleMilestone":"{0}","latestSolidSubtangleMilestoneIndex":1,"isSynced":false,
            "isHealthy":true,"neighbors":1}})",
                    hash),
        {});
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->appName, "HORNET");
    EXPECT_EQ(decoded->isSynced, false);
}

TEST(IriError, IsTakenFromErrorThenExceptionThenNothing) {
    EXPECT_EQ(decodeError(400, R"({"error":"a","exception":"b"})").text, "a");
    EXPECT_EQ(decodeError(500, R"({"exception":"b","code":"NotFound"})"), (ApiError{500, "b", "NotFound"}));
    EXPECT_EQ(decodeError(502, "<html>Bad Gateway</html>"), (ApiError{502, "", ""}));
    EXPECT_EQ(decodeError(500, ""), (ApiError{500, "", ""}));
    EXPECT_EQ(decodeError(400, R"({"error":{"deep":1}})").text, "");
}

TEST(IriError, IsCutAndMadePrintable) {
    EXPECT_EQ(decodeError(400, R"({"error":"a\u001b[31mb"})").text, "a?[31mb");
    EXPECT_EQ(decodeError(400, R"({"error":")" + std::string(5000, 'x') + "\"}").text.size(), 300U);
}

std::vector<std::string> corpus() {
    std::vector<std::string> texts;
    for (const auto& request : sampleRequests()) texts.push_back(encodeRequest(request));
    for (const auto& answer : sampleAnswers()) texts.push_back(encodeAnswer(answer, 12));
    texts.push_back(encodeError({400, "text", "NotFound"}, 1));
    return texts;
}

TEST(IriCodec, RefusesEveryTruncation) {
    for (const auto& text : corpus()) {
        // Inside a run of trytes all truncations are alike.
        const std::size_t step = text.size() > 1000 ? 97 : 1;
        for (std::size_t n = 0; n < text.size(); n += step) {
            const auto part = std::string_view(text).substr(0, n);
            EXPECT_FALSE(decodeRequest(part, {})) << part;
            EXPECT_FALSE(decodeAnswer<EmptyAnswer>(part, {})) << part;
            EXPECT_TRUE(survives(part)) << part;
        }
    }
}

TEST(IriCodec, SurvivesMutations) {
    auto texts = corpus();
    std::erase_if(texts, [](const auto& text) { return text.size() > 2000; });
    std::mt19937 random(7);
    const std::string_view alphabet = "{}[]\",:9AZ0-+.eE\\u \n\0\x80\xff";
    for (int round = 0; round < 1500; ++round) {
        auto text = texts[random() % texts.size()];
        for (unsigned i = 0; i < 1 + random() % 4; ++i) {
            const auto at = random() % (text.size() + 1);
            switch (random() % 3) {
                case 0: text.insert(at, 1, alphabet[random() % alphabet.size()]); break;
                case 1: text.erase(at, random() % 5); break;
                default: text.insert(at, text.substr(random() % text.size(), random() % 40));
            }
            if (text.empty()) text = "{";
        }
        EXPECT_TRUE(survives(text)) << text;
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    }
}

}  // namespace
}  // namespace pegasus::iri
