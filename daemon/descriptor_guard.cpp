// SPDX-License-Identifier: Apache-2.0
// sd-bus has no place where one could look at descriptors before it keeps them, so the guard is put before recvmsg() itself: the
// program's own function is found before that of the C library, by all libraries too.
#include "daemon/descriptor_guard.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "daemon/objects/secret_fd.hpp"

namespace pegasus::daemon {
namespace {

class Guard {
public:
    [[nodiscard]] static Guard& instance() {
        static Guard* guard = new Guard;  // never goes: the bus may still be read when the program ends
        return *guard;
    }

    void check(msghdr& message) {
        for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
            if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
            const auto count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            auto* data = CMSG_DATA(header);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, data + i * sizeof fd, sizeof fd);
                if (isHarmless(fd)) continue;
                const int instead = fcntl(null_.get(), F_DUPFD_CLOEXEC, 3);
                std::memcpy(data + i * sizeof fd, &instead, sizeof instead);
                closeAside(fd);
            }
        }
    }

private:
    /// Asks nobody but the kernel: a file system is not called.
    [[nodiscard]] static bool isHarmless(int fd) {
        struct statx info {};
        if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &info) != 0) return false;
        return S_ISFIFO(info.stx_mode) || (S_ISREG(info.stx_mode) && fcntl(fd, F_GET_SEALS) >= 0);
    }

    /// Those that find no thread wait for the next ones to come. What a hostile caller can fill in this way is the table of
    /// descriptors, and then the bus ends the connection and systemd starts the daemon again.
    void closeAside(int fd) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::make_shared<OwnedFd>(fd));
        while (!waiting_.empty()) {
            if (!threads_->post([kept = waiting_.back()] { *kept = OwnedFd(); })) break;
            waiting_.pop_back();
        }
    }

    OwnedFd null_{open("/dev/null", O_RDWR | O_CLOEXEC)};
    std::shared_ptr<SideThreads> threads_ = makeSideThreads();
    std::mutex mutex_;
    std::vector<std::shared_ptr<OwnedFd>> waiting_;
};

std::atomic<bool> guarding = false;

}  // namespace

void guardReceivedDescriptors() {
    (void)Guard::instance();
    guarding = true;
}

}  // namespace pegasus::daemon

extern "C" __attribute__((visibility("default"))) ssize_t recvmsg(int socket, msghdr* message, int flags) {
    using Function = ssize_t (*)(int, msghdr*, int);
    static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "recvmsg"));
    const auto size = next(socket, message, flags);
    if (size >= 0 && message->msg_control != nullptr && pegasus::daemon::guarding) {
        const int before = errno;
        pegasus::daemon::Guard::instance().check(*message);
        errno = before;
    }
    return size;
}
