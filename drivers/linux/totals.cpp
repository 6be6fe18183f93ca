// SPDX-License-Identifier: Apache-2.0
// One line a file: the word, the version, the count, and the count again inverted, so that a torn or foreign file is noticed.
#include "drivers/linux/totals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "drivers/linux/descriptor.hpp"
#include "drivers/linux/file.hpp"

namespace pegasus::drivers::linux_ {
namespace {

namespace fs = std::filesystem;

std::string textOf(std::uint64_t count) { return fmt::format("pegasus-total 1 {} {:016x}\n", count, ~count); }

std::optional<std::uint64_t> countOf(std::string_view text) {
    constexpr std::string_view kWord = "pegasus-total 1 ";
    if (!text.starts_with(kWord)) return std::nullopt;
    std::uint64_t count = 0;
    const auto digits = text.substr(kWord.size());
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    (void)stop;
    return error == std::errc() && text == textOf(count) ? std::optional(count) : std::nullopt;
}

Unexpected<Error> failed(const fs::path& path) { return fail(ErrorCode::Internal, "{}: {}", path.string(), std::strerror(errno)); }

}  // namespace

Totals::~Totals() {
    for (const auto& [id, counter] : counters_)
        if (counter.count != counter.saved) (void)write(id, counter.count);  // nobody is left to be told
}

Result<Totals::Loaded> Totals::load(const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (const auto known = counters_.find(id); known != counters_.end()) return Loaded{known->second.count, {}};
    Loaded loaded;
    const auto text = folder_.empty() ? Result<std::string>(fail(ErrorCode::NotFound, "nothing is kept")) : readFile(fileOf(id), 256);
    if (!text && text.error().code != ErrorCode::NotFound && text.error().code != ErrorCode::LimitExceeded) return fail(text.error());
    const auto count = text ? countOf(*text) : std::nullopt;
    if (!count && (text || text.error().code == ErrorCode::LimitExceeded)) {
        const auto aside = fs::path(fileOf(id).string() + ".damaged");
        std::error_code problem;
        fs::rename(fileOf(id), aside, problem);
        if (problem) return fail(ErrorCode::Corrupt, "{} is damaged, and cannot be kept aside: {}", fileOf(id).string(), problem.message());
        loaded.notice = fmt::format("the total was damaged: it begins at 0, and the file is kept as {}", aside.string());
    }
    loaded.count = count.value_or(0);
    counters_[id] = {loaded.count, loaded.count};
    return loaded;
}

std::uint64_t Totals::add(const std::string& id, std::uint64_t pulses) {
    const std::lock_guard lock(mutex_);
    return counters_[id].count += pulses;
}

Result<void> Totals::save(const std::string& id) {
    const std::lock_guard lock(mutex_);
    auto& counter = counters_[id];
    if (counter.count == counter.saved) return {};
    PEGASUS_CHECK(write(id, counter.count));
    counter.saved = counter.count;
    return {};
}

Result<void> Totals::write(const std::string& id, std::uint64_t count) const {
    if (folder_.empty()) return {};
    std::error_code problem;
    fs::create_directories(folder_, problem);
    const auto part = fs::path(fileOf(id).string() + ".new");
    const auto text = textOf(count);
    {
        const Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!file.open()) return failed(part);
        if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(file.get()) != 0) return failed(part);
    }
    if (::rename(part.c_str(), fileOf(id).c_str()) != 0) return failed(fileOf(id));
    const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.open()) (void)::fsync(folder.get());  // the name; the content is safe already
    return {};
}

}  // namespace pegasus::drivers::linux_
