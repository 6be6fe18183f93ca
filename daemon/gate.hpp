// SPDX-License-Identifier: Apache-2.0
// The gate: who may call what. One table, one question to polkit; what is not in the table is denied.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/async.hpp"

namespace pegasus::daemon {

/// What a method needs, by risk. Public is for what everybody on the bus may ask.
enum class Access : std::uint8_t { Public, ReadPrivate, ManageSensors, ManageStreams, Trade, Spend, ManageWallet };

struct Rule {
    std::string_view interface;  ///< last part of the name: "Wallet"
    std::string_view member;
    Access access;
};

/// All methods of our interfaces. A lint test holds it against the XML.
[[nodiscard]] std::span<const Rule> gateTable();
/// nullopt: not in the table. `interface` is the full name.
[[nodiscard]] std::optional<Access> accessOf(std::string_view interface, std::string_view member);
/// Full name of the polkit action; empty for Public.
[[nodiscard]] std::string actionOf(Access access);

/// Who calls.
struct Caller {
    std::string sender;        ///< unique name; the bus vouches for it
    bool interactive = false;  ///< the caller allows that its user is asked
};

/// What polkit says to a question.
enum class Verdict : std::uint8_t {
    Granted,
    Refused,    ///< by a rule, or the user who was asked could not prove who he is
    Unasked,    ///< somebody has to be asked, and the call or the absence of an agent forbids it
    Dismissed,  ///< the user who was asked declined
};

/// The bus and polkit as the gate sees them; a test puts a fake here. Loop thread.
class Authority {
public:
    virtual ~Authority() = default;
    virtual Task<std::uint32_t> uidOf(std::string sender) = 0;
    /// Polkit's answer; Unreachable where there is no polkit, Timeout when the user does not answer.
    virtual Task<Verdict> authorized(Caller caller, std::string action) = 0;
};

struct GateOptions {
    std::uint32_t ownUid = 0;
    bool askPolkit = true;  ///< false on a session bus: only root and the own user pass
};

/// Calls in hand, over all senders and of one: what is beyond gets LimitExceeded.
inline constexpr std::size_t kMaxCalls = 256;
inline constexpr std::size_t kMaxCallsPerSender = 32;
/// Calls of one user that wait for polkit, which may wait for a person: a user cannot take the places of all the others.
inline constexpr std::size_t kMaxQuestionsPerUser = 64;

/// Loop thread only.
class Gate {
public:
    Gate(Authority& authority, GateOptions options) : authority_(authority), options_(options) {}
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    /// A place among the calls in hand; gives it back when it goes. The gate outlives it.
    class [[nodiscard]] Place {
    public:
        Place(Gate* gate, std::string sender) : gate_(gate), sender_(std::move(sender)) {}
        Place(Place&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), sender_(std::move(other.sender_)) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (gate_ != nullptr) gate_->leave(sender_);
        }

    private:
        Gate* gate_;
        std::string sender_;
    };
    /// LimitExceeded when the sender, or all together, have too many calls in hand.
    [[nodiscard]] Result<Place> enter(const std::string& sender);

    /// Whether `caller` may call the method now; AccessDenied says which right is missing. Root and the own user pass;
    /// everyone else is asked of polkit, each time.
    Task<void> check(std::string interface, std::string member, Caller caller);

private:
    void leave(const std::string& sender);
    Task<void> ask(std::uint32_t uid, Caller caller, std::string action);

    Authority& authority_;
    GateOptions options_;
    std::map<std::string, std::size_t> calls_;
    std::map<std::uint32_t, std::size_t> questions_;
    std::size_t total_ = 0;
};

}  // namespace pegasus::daemon
