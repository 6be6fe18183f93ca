// SPDX-License-Identifier: Apache-2.0
// One of each request and answer, and the checks that any bytes must pass.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iri/codec.hpp"

namespace pegasus::iri {

template <class T>
T filled(char c) {
    return *T::parse(std::string(T::kTrytes, c));
}

inline std::vector<Request> sampleRequests() {
    GetTransactionsToApprove tips;
    tips.depth = 3;
    GetTransactionsToApprove referring;
    referring.depth = 15;
    referring.reference = filled<Hash>('R');
    AttachToTangle attach;
    attach.trunkTransaction = filled<Hash>('A');
    attach.branchTransaction = filled<Hash>('B');
    attach.minWeightMagnitude = 9;
    attach.trytes = {filled<TransactionTrytes>('T'), filled<TransactionTrytes>('U')};
    FindTransactions find;
    find.addresses = {filled<Address>('A'), filled<Address>('B')};
    find.tags = {filled<Tag>('T')};
    FindTransactions findOther;
    findOther.bundles = {filled<Hash>('X')};
    findOther.approvees = std::vector<Hash>();
    FindTransactions readOn;
    readOn.addresses = {filled<Address>('A')};
    readOn.after = "n7.12";
    readOn.limit = 500;
    readOn.valueOnly = true;
    return {GetNodeInfo(),
            GetNodeApiConfiguration(),
            readOn,
            tips,
            referring,
            attach,
            InterruptAttachingToTangle(),
            StoreTransactions{{filled<TransactionTrytes>('S')}},
            BroadcastTransactions{{filled<TransactionTrytes>('Z')}},
            find,
            findOther,
            GetTrytes{{filled<Hash>('H'), filled<Hash>('9')}},
            GetBalances{{filled<Address>('C')}},
            GetInclusionStates{{filled<Hash>('I')}},
            WereAddressesSpentFrom{{filled<Address>('W')}},
            CheckConsistency{{filled<Hash>('K')}},
            GetTipInfo{filled<Hash>('T')},
            GetMissingTransactions(),
            GetTips(),
            GetNeighbors(),
            AddNeighbors{{"tcp://127.0.0.1:15600", "quote \" and \\ and \n"}},
            RemoveNeighbors{{"tcp://127.0.0.1:15600"}},
            FaucetRequest{filled<Address>('F')}};
}

inline NodeInfo sampleInfo() {
    NodeInfo info;
    info.appName = "pegasusd";
    info.appVersion = "1.2";
    info.jreVersion = "none";
    info.jreAvailableProcessors = 4;
    info.latestMilestone = filled<Hash>('M');
    info.latestMilestoneIndex = 17;
    info.latestSolidSubtangleMilestone = filled<Hash>('L');
    info.latestSolidSubtangleMilestoneIndex = 16;
    info.milestoneStartIndex = 2;
    info.lastSnapshottedMilestoneIndex = 3;
    info.time = 1'600'000'000'123;
    info.features = {"RemotePOW", "Faucet"};
    info.coordinatorAddress = std::string(81, 'C');
    info.isSynced = true;
    info.isHealthy = false;
    info.minWeightMagnitude = 9;
    return info;
}

inline std::vector<Answer> sampleAnswers() {
    BalancesAnswer balances;
    balances.balances = {Iotas(0), Iotas(model::kSupply)};
    balances.references = {filled<Hash>('R')};
    balances.milestoneIndex = 5;
    NodeApiConfiguration configuration;
    configuration.maxFindTransactions = 100'000;
    configuration.testNet = true;
    return {sampleInfo(),
            configuration,
            TipsAnswer{filled<Hash>('A'), filled<Hash>('B')},
            TrytesAnswer{{filled<TransactionTrytes>('T'), TransactionTrytes()}},
            HashesAnswer{{filled<Hash>('H')}},
            HashesAnswer{{filled<Hash>('H')}, "n7.12", true, false},
            HashesAnswer{},
            balances,
            StatesAnswer{{true, false, true}},
            ConsistencyAnswer{false, "tails are \"not\" consistent"},
            TipInfoAnswer{true, false, true, false},
            NeighborsAnswer{},
            AddedNeighborsAnswer{3},
            RemovedNeighborsAnswer{4},
            FaucetAnswer{filled<Hash>('B'), Iotas(1'000'000)},
            EmptyAnswer{}};
}

/// Whatever the bytes are: no crash, and what is understood is written and read again the same. The body of a fuzz target.
inline bool survives(std::string_view bytes) {
    CodecLimits limits;
    limits.bodyLength = 64 * 1024;
    limits.listLength = 20;
    bool well = true;
    if (const auto request = decodeRequest(bytes, limits)) {
        const auto again = decodeRequest(encodeRequest(*request), limits);
        well = again.has_value() && *again == *request;
    }
    const auto same = [&](const auto& decoded) {
        if (!decoded) return true;
        using T = std::decay_t<decltype(*decoded)>;
        const auto again = decodeAnswer<T>(encodeAnswer(*decoded, 1), limits);
        return again.has_value() && *again == *decoded;
    };
    const auto error = decodeError(400, bytes);
    return well && error.text.size() <= 300 && same(decodeAnswer<NodeInfo>(bytes, limits)) &&
           same(decodeAnswer<TipsAnswer>(bytes, limits)) && same(decodeAnswer<TrytesAnswer>(bytes, limits)) &&
           same(decodeAnswer<HashesAnswer>(bytes, limits)) && same(decodeAnswer<BalancesAnswer>(bytes, limits)) &&
           same(decodeAnswer<StatesAnswer>(bytes, limits)) && same(decodeAnswer<ConsistencyAnswer>(bytes, limits)) &&
           same(decodeAnswer<TipInfoAnswer>(bytes, limits)) && same(decodeAnswer<FaucetAnswer>(bytes, limits));
}

}  // namespace pegasus::iri
