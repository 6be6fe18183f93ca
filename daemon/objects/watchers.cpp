// SPDX-License-Identifier: Apache-2.0
// Watchers.
#include "daemon/objects/watchers.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace pegasus::daemon {
namespace {

bool put(const OwnedFd& end, const std::string& datagram) {
    return send(end.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

bool isClosed(const OwnedFd& end) {
    pollfd entry{.fd = end.get(), .events = 0, .revents = 0};
    return poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

}  // namespace

Result<OwnedFd> Watchers::add(const std::string& subscription) {
    if (count() >= kMaxWatchers)
        return fail(ErrorCode::LimitExceeded, "{} readers watch already", watchers_.size());
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail(ErrorCode::Internal, "cannot make a socket pair: error {}", errno);
    (void)shutdown(ends[0], SHUT_RD);  // nothing is read there, so nothing may pile up
    watchers_.push_back({subscription, OwnedFd(ends[0])});
    return OwnedFd(ends[1]);
}

void Watchers::send(const std::string& subscription, const std::string& datagram, const std::string& shorter) {
    std::erase_if(watchers_, [&](const Watcher& watcher) {
        if (watcher.subscription != subscription || put(watcher.end, datagram)) return false;
        return errno != EMSGSIZE || !put(watcher.end, shorter);
    });
}

std::size_t Watchers::count() {
    forgetClosed();
    return watchers_.size();
}

void Watchers::forgetClosed() {
    std::erase_if(watchers_, [](const Watcher& watcher) { return isClosed(watcher.end); });
}

}  // namespace pegasus::daemon
