// SPDX-License-Identifier: Apache-2.0
// Drop-ins: written aside, then linked to their name, which fails where the name is taken.
#include "cli/drop_in.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace pegasus::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxIdentifier = 64;  // as the daemon has it

bool isIdentifier(std::string_view id) {
    const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !id.empty() && id.size() <= kMaxIdentifier && alphanumeric(id.front()) &&
           std::ranges::all_of(id, [&](char c) { return alphanumeric(c) || c == '_' || c == '-'; });
}

Error problemWith(const fs::path& file, int number) {
    if (number == EEXIST) return {ErrorCode::AlreadyExists, file.string() + " is there already: choose another name"};
    const bool refused = number == EACCES || number == EPERM || number == EROFS;
    return {refused ? ErrorCode::AccessDenied : ErrorCode::Internal, file.string() + ": " + std::strerror(number)};
}

/// 0, or errno.
int fill(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fchmod(fd, 0644) == 0 && ::fsync(fd) == 0 ? 0 : errno;
}

/// So that the new name outlives a loss of power.
int syncFolder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    const int problem = ::fsync(fd) == 0 ? 0 : errno;
    ::close(fd);
    return problem;
}

}  // namespace

Result<fs::path> dropInFor(const fs::path& configFile, const std::string& sensor) {
    if (!isIdentifier(sensor))
        return fail(ErrorCode::InvalidArgument, "a sensor's name has 1 to 64 characters of a-z, 0-9, _ and -, the first a letter or a digit");
    return fs::path(configFile.string() + ".d") / (sensor + ".yaml");
}

Result<void> writeDropIn(const fs::path& file, const std::string& text) {
    std::error_code unmade;
    if (fs::create_directories(file.parent_path(), unmade)) fs::permissions(file.parent_path(), fs::perms(0755), unmade);
    if (unmade) return fail(problemWith(file.parent_path(), unmade.value()));
    auto part = file.string() + ".part-XXXXXX";
    const int fd = ::mkostemp(part.data(), O_CLOEXEC);
    if (fd < 0) return fail(problemWith(file, errno));
    int problem = fill(fd, text);
    if (::close(fd) != 0 && problem == 0) problem = errno;
    if (problem == 0 && ::link(part.c_str(), file.c_str()) != 0) problem = errno;
    ::unlink(part.c_str());
    if (problem == 0) problem = syncFolder(file.parent_path());
    if (problem != 0) return fail(problemWith(file, problem));
    return {};
}

}  // namespace pegasus::cli
