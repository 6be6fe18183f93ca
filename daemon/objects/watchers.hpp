// SPDX-License-Identifier: Apache-2.0
// Watchers: the readers of live messages, each at the end of a SOCK_SEQPACKET pair.
#pragma once

#include <cstdint>
#include <list>
#include <string>

#include "base/result.hpp"
#include "daemon/objects/secret_fd.hpp"

namespace pegasus::daemon {

inline constexpr std::size_t kMaxWatchers = 64;

/// Loop thread only. Never blocks: a reader whose socket is full is dropped, one that has closed its end is forgotten.
class Watchers {
public:
    /// The caller's end. LimitExceeded when there are kMaxWatchers live ones.
    [[nodiscard]] Result<OwnedFd> add(const std::string& subscription);
    /// One datagram to all who watch; `shorter` goes where `datagram` is too long for a socket.
    void send(const std::string& subscription, const std::string& datagram, const std::string& shorter);
    [[nodiscard]] std::size_t count();

private:
    struct Watcher {
        std::string subscription;
        OwnedFd end;
    };
    void forgetClosed();

    std::list<Watcher> watchers_;
};

}  // namespace pegasus::daemon
