// SPDX-License-Identifier: Apache-2.0
// The table of the gate, and the decision.
#include "daemon/gate.hpp"

#include <algorithm>
#include <array>

#include "bus/names.hpp"

namespace pegasus::daemon {
namespace {

constexpr std::array kTable{
    Rule{"Manager", "Reload", Access::ManageSensors},
    Rule{"Manager", "ListDrivers", Access::Public},
    Rule{"Manager", "ScanSensors", Access::ManageSensors},
    Rule{"Manager", "ListErrors", Access::ReadPrivate},
    Rule{"Manager", "AcceptCopy", Access::ManageWallet},
    Rule{"Manager", "CreateStream", Access::ManageStreams},
    Rule{"Manager", "RemoveStream", Access::ManageStreams},

    Rule{"Node", "Info", Access::ReadPrivate},
    Rule{"Node", "RequestFunds", Access::Trade},
    Rule{"Node", "ShowTransaction", Access::ReadPrivate},
    Rule{"Node", "ShowBundle", Access::ReadPrivate},

    Rule{"Wallet", "Create", Access::ManageWallet},
    Rule{"Wallet", "Restore", Access::ManageWallet},
    Rule{"Wallet", "ExportSeed", Access::ManageWallet},
    Rule{"Wallet", "ChangePassword", Access::ManageWallet},
    Rule{"Wallet", "Unlock", Access::Spend},
    Rule{"Wallet", "Lock", Access::Spend},
    Rule{"Wallet", "Send", Access::Spend},
    Rule{"Wallet", "NewAddress", Access::Spend},
    Rule{"Wallet", "GetBalance", Access::ReadPrivate},
    Rule{"Wallet", "GetAddress", Access::ReadPrivate},
    Rule{"Wallet", "ListAddresses", Access::ReadPrivate},
    Rule{"Wallet", "ListTransfers", Access::ReadPrivate},
    Rule{"Wallet", "GetBundle", Access::ReadPrivate},

    Rule{"Sensor", "Describe", Access::ReadPrivate},
    Rule{"Sensor", "Read", Access::ReadPrivate},
    Rule{"Sensor", "Watch", Access::ReadPrivate},
    Rule{"Sensor", "Maintain", Access::ManageSensors},

    Rule{"Stream", "Pause", Access::ManageStreams},
    Rule{"Stream", "Resume", Access::ManageStreams},
    Rule{"Stream", "Announce", Access::Trade},
    Rule{"Stream", "ChangeAddress", Access::Trade},
    Rule{"Stream", "Withdraw", Access::Trade},
    Rule{"Stream", "Describe", Access::ReadPrivate},
    Rule{"Stream", "ListMessages", Access::ReadPrivate},

    Rule{"Market", "Scan", Access::Trade},
    Rule{"Market", "ListOffers", Access::Public},
    Rule{"Market", "Buy", Access::Spend},
    Rule{"Market", "ListOrders", Access::ReadPrivate},
    Rule{"Market", "ListPayments", Access::ReadPrivate},
    Rule{"Market", "GetStatistics", Access::ReadPrivate},
    Rule{"Market", "ReleasePayment", Access::Trade},

    Rule{"Order", "Describe", Access::ReadPrivate},
    Rule{"Order", "Cancel", Access::Trade},

    Rule{"Subscription", "Describe", Access::ReadPrivate},
    Rule{"Subscription", "ListMessages", Access::ReadPrivate},
    Rule{"Subscription", "Watch", Access::ReadPrivate},
    Rule{"Subscription", "Unsubscribe", Access::Trade},

    Rule{"Job", "Cancel", Access::Trade},
};

std::string_view reasonOf(Verdict verdict) {
    switch (verdict) {
        case Verdict::Granted: return "granted";
        case Verdict::Refused: return "polkit refuses it to this user";
        case Verdict::Unasked: return "an administrator has to confirm it, and nobody could be asked";
        case Verdict::Dismissed: return "the question was dismissed";
    }
    return "";
}

std::string_view nameOf(Access access) {
    switch (access) {
        case Access::Public: return "";
        case Access::ReadPrivate: return "read-private";
        case Access::ManageSensors: return "manage-sensors";
        case Access::ManageStreams: return "manage-streams";
        case Access::Trade: return "trade";
        case Access::Spend: return "spend";
        case Access::ManageWallet: return "manage-wallet";
    }
    return "";
}

}  // namespace

std::span<const Rule> gateTable() { return kTable; }

std::optional<Access> accessOf(std::string_view interface, std::string_view member) {
    const std::string prefix = std::string(bus::kServiceName) + ".";
    if (!interface.starts_with(prefix)) return std::nullopt;
    interface.remove_prefix(prefix.size());
    const auto* rule = std::ranges::find_if(
        kTable, [&](const Rule& r) { return r.interface == interface && r.member == member; });
    if (rule == kTable.end()) return std::nullopt;
    return rule->access;
}

std::string actionOf(Access access) {
    if (access == Access::Public) return {};
    return bus::kActionPrefix + std::string(nameOf(access));
}

Result<Gate::Place> Gate::enter(const std::string& sender) {
    const auto it = calls_.find(sender);
    const std::size_t own = it != calls_.end() ? it->second : 0;
    if (own >= kMaxCallsPerSender || total_ >= kMaxCalls)
        return fail(ErrorCode::LimitExceeded, "too many calls at a time: {} of this caller, {} in all", own,
                    total_);
    ++calls_[sender];
    ++total_;
    return Place(this, sender);
}

void Gate::leave(const std::string& sender) {
    --total_;
    const auto it = calls_.find(sender);
    if (--it->second == 0) calls_.erase(it);
}

Task<void> Gate::check(std::string interface, std::string member, Caller caller) {
    const auto access = accessOf(interface, member);
    if (!access) co_return fail(ErrorCode::AccessDenied, "nobody may call {}.{}", interface, member);
    if (*access == Access::Public) co_return Result<void>();
    PEGASUS_CO_TRY(const auto uid, co_await authority_.uidOf(caller.sender));
    if (uid == 0 || uid == options_.ownUid) co_return Result<void>();
    const auto action = actionOf(*access);
    if (!options_.askPolkit)
        co_return fail(ErrorCode::AccessDenied, "{}.{} is for the user of the daemon", interface, member);
    co_return co_await ask(uid, std::move(caller), action);
}

Task<void> Gate::ask(std::uint32_t uid, Caller caller, std::string action) {
    if (questions_[uid] >= kMaxQuestionsPerUser)
        co_return fail(ErrorCode::LimitExceeded, "{} calls of this user wait for polkit already", questions_[uid]);
    ++questions_[uid];
    const auto answer = co_await authority_.authorized(std::move(caller), action);
    if (--questions_[uid] == 0) questions_.erase(uid);
    if (!answer) {
        const auto& error = answer.error();
        const auto reason = error.code == ErrorCode::Timeout ? "nobody answered in time" : error.message;
        co_return fail(ErrorCode::AccessDenied, "polkit could not decide on {}: {}", action, reason);
    }
    if (*answer != Verdict::Granted)
        co_return fail(ErrorCode::AccessDenied, "not authorised for {}: {}", action, reasonOf(*answer));
    co_return Result<void>();
}

}  // namespace pegasus::daemon
