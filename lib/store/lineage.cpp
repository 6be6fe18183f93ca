// SPDX-License-Identifier: Apache-2.0
// The file `life` and its row. A crash between the two must not look like a copy, so the row knows the old file and the new one.
#include "store/lineage.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

namespace pegasus::store {
namespace {

struct Row {
    std::string before;
    std::string present;
    std::int64_t copies = 0;
};

/// Empty: there is no such file. Where the file system has no time of birth the inode number must do.
std::string identityOf(const std::filesystem::path& file) {
    struct statx status {};
    if (statx(AT_FDCWD, file.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &status) != 0) return {};
    if ((status.stx_mask & STATX_BTIME) == 0) return fmt::format("{}", status.stx_ino);
    return fmt::format("{} {}.{:09}", status.stx_ino, status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
}

Error fileError(const std::filesystem::path& file) {
    return Error{ErrorCode::NoSpace, fmt::format("cannot make {}: {}", file.string(), std::strerror(errno))};
}

Result<void> makeFile(const std::filesystem::path& file) {
    (void)::unlink(file.c_str());
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fail(fileError(file));
    const bool synced = fsync(fd) == 0;
    ::close(fd);
    if (!synced) return fail(fileError(file));
    return {};
}

Result<void> syncFolder(const std::filesystem::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail(fileError(folder));
    (void)fsync(fd);  // some file systems cannot, and need not
    ::close(fd);
    return {};
}

std::optional<Row> load(Connection& c) {
    SQLite::Statement query(c, "SELECT before, present, copies FROM store_lineage");
    if (!query.executeStep()) return std::nullopt;
    return Row{query.getColumn(0).getString(), query.getColumn(1).getString(), query.getColumn(2).getInt64()};
}

void save(Connection& c, const Row& row) {
    SQLite::Statement put(c, "INSERT OR REPLACE INTO store_lineage VALUES (1, ?, ?, ?)");
    put.bind(1, row.before);
    put.bind(2, row.present);
    put.bind(3, row.copies);
    put.exec();
}

/// A run that was cut off left either the old file, or, if it was the first one, the new one under its first name.
bool isOwn(const Row& row, const std::string& found, const std::string& left) {
    if (found.empty()) return row.before == row.present && left == row.present;
    return found == row.before || found == row.present;
}

}  // namespace

Result<std::uint64_t> countCopies(Database& database, const std::filesystem::path& folder) {
    const auto file = folder / "life";
    const auto fresh = folder / "life.new";
    const auto found = identityOf(file);
    const auto left = identityOf(fresh);  // by a run that was cut off before it could rename it
    PEGASUS_CHECK(makeFile(fresh));
    const auto next = identityOf(fresh);
    auto judge = [&](Connection& c) -> Result<std::uint64_t> {
        const auto row = load(c);
        const bool own = row ? isOwn(*row, found, left) : found.empty();  // no row: the first run
        const auto copies = (row ? row->copies : 0) + (own ? 0 : 1);
        save(c, {found.empty() ? next : found, next, copies});
        return static_cast<std::uint64_t>(copies);
    };
    PEGASUS_TRY(const auto copies, database.runNow(judge));
    if (::rename(fresh.c_str(), file.c_str()) != 0) return fail(fileError(file));
    PEGASUS_CHECK(syncFolder(folder));
    return copies;
}

}  // namespace pegasus::store
