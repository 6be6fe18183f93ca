// SPDX-License-Identifier: Apache-2.0
// readFile and what is built on it.
#include "drivers/linux/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

namespace pegasus::drivers::linux_ {
namespace {

constexpr std::size_t kMaxFolders = 1024;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

tl::unexpected<Error> failed(const std::filesystem::path& path, int problem) {
    const auto code = [problem] {
        switch (problem) {
            case ENOENT:
            case ENODEV:
            case ENXIO:
            case ENOTDIR: return ErrorCode::NotFound;
            case EACCES:
            case EPERM: return ErrorCode::AccessDenied;
            case EAGAIN: return ErrorCode::Timeout;
            default: return ErrorCode::Internal;
        }
    }();
    return fail(code, "{}: {}", path.string(), problem == EAGAIN ? "no data at the moment" : std::strerror(problem));
}

}  // namespace

Result<std::string> readFile(const std::filesystem::path& path, std::size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (file.get() < 0) return failed(path, errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return failed(path, errno);
    if (S_ISDIR(status.st_mode)) return fail(ErrorCode::InvalidArgument, "{} is a directory", path.string());
    std::string text(limit + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(path, errno);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > limit)
        return fail(ErrorCode::LimitExceeded, "{} is larger than {} bytes", path.string(), limit);
    text.resize(size);
    return text;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

Result<double> parseNumber(std::string_view text) {
    const auto digits = trimmed(text);
    double value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
        return fail(ErrorCode::InvalidArgument, "got '{}', expected a number", digits.substr(0, 40));
    return value;
}

Result<double> readNumber(const std::filesystem::path& path) {
    PEGASUS_TRY(const auto text, readFile(path));
    auto value = parseNumber(text);
    if (!value) return fail(value.error().code, "{}: {}", path.string(), value.error().message);
    return value;
}

Result<std::filesystem::path> findByAttribute(const std::filesystem::path& parent, std::string_view attribute,
                                              std::string_view value) {
    std::error_code problem;
    std::vector<std::filesystem::path> folders;
    std::filesystem::directory_iterator entry(parent, problem);
    for (; !problem && entry != std::filesystem::directory_iterator() && folders.size() < kMaxFolders;
         entry.increment(problem))
        folders.push_back(entry->path());
    if (problem) return failed(parent, problem.value());
    std::ranges::sort(folders);
    std::string seen;
    for (const auto& folder : folders) {
        const auto text = readFile(folder / attribute);
        if (!text) continue;
        if (trimmed(*text) == value) return folder;
        if (seen.size() < 200) seen += (seen.empty() ? "" : ", ") + std::string(trimmed(*text));
    }
    return fail(ErrorCode::NotFound, "{} has nothing with {} '{}'; there is: {}", parent.string(), attribute, value,
                seen.empty() ? "nothing" : seen);
}

std::filesystem::path below(const std::filesystem::path& root, const std::filesystem::path& path) {
    return root / path.relative_path();
}

}  // namespace pegasus::drivers::linux_
