// SPDX-License-Identifier: Apache-2.0
// Checked output.
#include "cli/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace pegasus::cli {

bool Output::write(std::string_view text) {
    while (failure_ == 0 && !text.empty()) {
        const auto put = ::write(fd_, text.data(), text.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            failure_ = errno;
        } else {
            text.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    return failure_ == 0;
}

void holdStandardDescriptors() {
    for (int fd = 0; fd <= 2; ++fd) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest free number is `fd`. For reading only: who writes there hears that nothing arrives.
        (void)!::open("/dev/null", O_RDONLY);
    }
}

}  // namespace pegasus::cli
