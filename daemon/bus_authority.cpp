// SPDX-License-Identifier: Apache-2.0
// Asynchronous calls to the bus driver and to polkit.
#include "daemon/bus_authority.hpp"

#include <chrono>
#include <map>
#include <string>

#include "bus/errors.hpp"

namespace pegasus::daemon {
namespace {

constexpr auto kDriverTimeout = std::chrono::seconds(10);
/// A person types a password meanwhile.
constexpr auto kPolkitTimeout = std::chrono::seconds(120);
constexpr std::size_t kRememberedUids = 1024;
constexpr std::uint32_t kAllowUserInteraction = 1;

using Details = std::map<std::string, std::string>;
using Subject = sdbus::Struct<std::string, bus::Variants>;
using Decision = sdbus::Struct<bool, bool, Details>;

/// Authorised; could be, if somebody were asked; more about it.
Verdict verdictOf(const Decision& decision) {
    if (decision.get<0>()) return Verdict::Granted;
    if (decision.get<1>()) return Verdict::Unasked;
    return decision.get<2>().contains("polkit.dismissed") ? Verdict::Dismissed : Verdict::Refused;
}

class BusAuthority final : public Authority {
public:
    BusAuthority(sdbus::IConnection& connection, std::function<void()> kick)
        : kick_(std::move(kick)),
          driver_(sdbus::createProxy(connection, bus::ServiceName("org.freedesktop.DBus"),
                                     sdbus::ObjectPath("/org/freedesktop/DBus"))),
          polkit_(sdbus::createProxy(connection, bus::ServiceName("org.freedesktop.PolicyKit1"),
                                     sdbus::ObjectPath("/org/freedesktop/PolicyKit1/Authority"))) {}

    Task<std::uint32_t> uidOf(std::string sender) override {
        // The bus never gives a unique name twice, so the answer holds for good.
        if (const auto known = uids_.find(sender); known != uids_.end()) co_return known->second;
        auto start = [this, sender](auto resume) { askDriver(sender, resume); };
        auto uid = co_await suspend<Result<std::uint32_t>>(start);
        if (uid) {
            if (uids_.size() >= kRememberedUids) uids_.clear();
            uids_.emplace(sender, *uid);
        }
        co_return uid;
    }

    Task<Verdict> authorized(Caller caller, std::string action) override {
        auto start = [this, caller, action](auto resume) { askPolkit(caller, action, resume); };
        co_return co_await suspend<Result<Verdict>>(start);
    }

private:
    template <class T>
    using Resume = std::function<void(Result<T>)>;

    void askDriver(const std::string& sender, const Resume<std::uint32_t>& resume) {
        begin(resume, [&] {
            driver_->callMethodAsync("GetConnectionUnixUser")
                .onInterface("org.freedesktop.DBus")
                .withTimeout(kDriverTimeout)
                .withArguments(sender)
                .uponReplyInvoke([resume](bus::ReplyError error, std::uint32_t uid) {
                    if (error) return resume(fail(bus::fromBus(*error)));
                    resume(uid);
                });
        });
    }

    void askPolkit(const Caller& caller, const std::string& action, const Resume<Verdict>& resume) {
        const Subject subject("system-bus-name", {{"name", sdbus::Variant(caller.sender)}});
        const std::string cancellation = "pegasusd-" + std::to_string(++questions_);
        begin(resume, [&] {
            polkit_->callMethodAsync("CheckAuthorization")
                .onInterface("org.freedesktop.PolicyKit1.Authority")
                .withTimeout(kPolkitTimeout)
                .withArguments(subject, action, Details(), caller.interactive ? kAllowUserInteraction : 0U,
                               cancellation)
                .uponReplyInvoke([this, resume, cancellation](bus::ReplyError error, Decision decision) {
                    if (!error) return resume(verdictOf(decision));
                    auto failure = bus::fromBus(*error);
                    if (failure.code == ErrorCode::Timeout) cancel(cancellation);
                    resume(fail(std::move(failure)));
                });
        });
    }

    /// Takes the question from the user's screen.
    void cancel(const std::string& cancellation) {
        const auto sent = bus::attempt([&] {
            polkit_->callMethodAsync("CancelCheckAuthorization")
                .onInterface("org.freedesktop.PolicyKit1.Authority")
                .withTimeout(kDriverTimeout)
                .withArguments(cancellation)
                .uponReplyInvoke([](bus::ReplyError) {});
        });
        (void)sent;  // polkit is gone, and the question with it
        kick_();
    }

    template <class T, class Call>
    void begin(const Resume<T>& resume, Call call) {
        const auto sent = bus::attempt(call);
        kick_();
        if (!sent) resume(fail(sent.error()));
    }

    std::function<void()> kick_;
    std::unique_ptr<sdbus::IProxy> driver_;
    std::unique_ptr<sdbus::IProxy> polkit_;
    std::map<std::string, std::uint32_t> uids_;
    std::uint64_t questions_ = 0;
};

}  // namespace

std::unique_ptr<Authority> makeBusAuthority(sdbus::IConnection& connection, std::function<void()> kick) {
    return std::make_unique<BusAuthority>(connection, std::move(kick));
}

}  // namespace pegasus::daemon
