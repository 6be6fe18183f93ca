// SPDX-License-Identifier: Apache-2.0
// readFile and what is built on it.
#include "drivers/linux/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "drivers/linux/descriptor.hpp"
#include "sensor/channel_text.hpp"

namespace pegasus::drivers::linux_ {
namespace {

constexpr std::size_t kMaxFolders = 1024;

Unexpected<Error> failed(const std::filesystem::path& path, int problem) {
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

Result<sensor::Measured> parseNumber(std::string_view text) {
    const auto digits = trimmed(text);
    auto number = sensor::Measured::parse(digits);
    if (number) return number;
    if (digits.empty()) return fail(ErrorCode::InvalidArgument, "empty, expected a number");
    if (digits.find('\0') != std::string_view::npos)
        return fail(ErrorCode::InvalidArgument, "NUL bytes in it, expected a number");
    return fail(ErrorCode::InvalidArgument, "got '{}', expected a number", sensor::quotable(digits));
}

Result<sensor::Measured> readNumber(const std::filesystem::path& path) {
    PEGASUS_TRY(const auto text, readFile(path));
    auto value = parseNumber(text);
    if (!value) return fail(value.error().code, "{}: {}", path.string(), value.error().message);
    return value;
}

Result<std::vector<std::filesystem::path>> foldersIn(const std::filesystem::path& parent) {
    std::error_code problem;
    std::vector<std::filesystem::path> folders;
    std::filesystem::directory_iterator entry(parent, problem);
    for (; !problem && entry != std::filesystem::directory_iterator() && folders.size() < kMaxFolders;
         entry.increment(problem))
        folders.push_back(entry->path());
    if (problem) return failed(parent, problem.value());
    std::ranges::sort(folders, {}, [](const std::filesystem::path& folder) {
        auto name = folder.filename().string();
        return std::pair(name.size(), std::move(name));  // by number, where the rest of the name is the same
    });
    return folders;
}

std::filesystem::path below(const std::filesystem::path& root, const std::filesystem::path& path) {
    return root / path.relative_path();
}

}  // namespace pegasus::drivers::linux_
