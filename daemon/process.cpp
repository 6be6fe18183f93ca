// SPDX-License-Identifier: Apache-2.0
// Hardening of the process and of the state folder.
#include "daemon/process.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace pegasus::daemon {

void hardenProcess() {
    const rlimit none{0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    umask(0077);
    (void)std::signal(SIGPIPE, SIG_IGN);
}

void becomeServiceUser() {
    const auto* user = geteuid() == 0 ? getpwnam("pegasus") : nullptr;
    if (user == nullptr) return;
    if (initgroups(user->pw_name, user->pw_gid) != 0 || setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
        (void)std::fprintf(stderr, "warning: checked as root, not as the user pegasus: %s\n", std::strerror(errno));
}

void raiseDescriptorLimit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t descriptorLimit() {
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 256;
}

Result<void> prepareStateDir(const std::filesystem::path& dir) {
    std::error_code error;
    std::filesystem::create_directories(dir, error);
    struct stat status {};
    if (error || stat(dir.c_str(), &status) != 0)
        return fail(ErrorCode::NoSpace, "state directory {}: {}", dir.string(), error ? error.message() : std::strerror(errno));
    if (status.st_uid != geteuid())
        return fail(ErrorCode::AccessDenied, "state directory {} belongs to user {}, this is user {}", dir.string(), status.st_uid, geteuid());
    if ((status.st_mode & 0077) != 0 && chmod(dir.c_str(), 0700) != 0)
        return fail(ErrorCode::AccessDenied, "state directory {} is open to others and cannot be closed", dir.string());
    if (access(dir.c_str(), W_OK) != 0)
        return fail(ErrorCode::NoSpace, "state directory {}: {}", dir.string(), std::strerror(errno));
    return {};
}

}  // namespace pegasus::daemon
