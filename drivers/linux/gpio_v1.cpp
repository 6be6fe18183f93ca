// SPDX-License-Identifier: Apache-2.0
// libgpiod 1.6: no debounce and no numbers of events; the kernel keeps 16 edges of a line and drops the newest.
#include <gpiod.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "drivers/linux/gpio_library.hpp"

namespace pegasus::drivers::linux_ {
namespace {

struct ChipCloser {
    void operator()(gpiod_chip* chip) const { ::gpiod_chip_close(chip); }  // releases its lines
};
using Chip = std::unique_ptr<gpiod_chip, ChipCloser>;

Chip openChip(const std::string& file) { return Chip(::gpiod_chip_open(file.c_str())); }

class LineV1 final : public GpioLine {
public:
    LineV1(Chip chip, gpiod_line* line, bool output)
        : chip_(std::move(chip)), line_(line), descriptor_(output ? -1 : ::gpiod_line_event_get_fd(line)) {}

    [[nodiscard]] int descriptor() const override { return descriptor_; }
    [[nodiscard]] bool debounced() const override { return false; }
    [[nodiscard]] std::optional<std::uint64_t> lost() const override { return std::nullopt; }
    [[nodiscard]] std::uint64_t overflows() const override { return overflows_; }

    [[nodiscard]] Result<std::vector<Edge>> edges() override {
        std::vector<Edge> all;
        while (all.size() < kMostEdges && readable(descriptor_, Duration(0))) {
            std::array<gpiod_line_event, kKept> events{};
            const int count = ::gpiod_line_event_read_multiple(line_, events.data(), events.size());
            if (count < 0) return fail(ErrorCode::NotFound, "the GPIO line does not answer: {}", std::strerror(errno));
            if (static_cast<std::size_t>(count) == kKept) ++overflows_;
            for (int i = 0; i < count; ++i) {
                const auto& event = events[static_cast<std::size_t>(i)];
                all.push_back({event.event_type == GPIOD_LINE_EVENT_RISING_EDGE,
                               std::chrono::seconds(event.ts.tv_sec) + std::chrono::nanoseconds(event.ts.tv_nsec)});
            }
        }
        return all;
    }
    [[nodiscard]] Result<bool> level() override {
        const int value = ::gpiod_line_get_value(line_);
        if (value < 0) return fail(ErrorCode::NotFound, "the GPIO line does not answer: {}", std::strerror(errno));
        return value == 1;
    }
    [[nodiscard]] Result<void> set(bool active) override {
        if (::gpiod_line_set_value(line_, active ? 1 : 0) == 0) return {};
        return fail(ErrorCode::NotFound, "the GPIO line cannot be set: {}", std::strerror(errno));
    }

private:
    static constexpr std::size_t kKept = 16;  // edges that the kernel keeps of a line

    Chip chip_;
    std::uint64_t overflows_ = 0;
    gpiod_line* line_;  // of the chip
    int descriptor_;
};

int flagsOf(const LineWish& wish) {
    int flags = wish.activeLow ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    switch (wish.bias) {
        case Bias::AsIs: return flags;
        case Bias::PullUp: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
        case Bias::PullDown: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
        case Bias::None: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    }
    return flags;
}

}  // namespace

Result<std::string> chipLabel(const std::string& file) {
    const auto chip = openChip(file);
    if (chip != nullptr) return std::string(::gpiod_chip_label(chip.get()));
    return fail(errno == EACCES ? ErrorCode::AccessDenied : ErrorCode::NotFound, "{}: {}", file, std::strerror(errno));
}

std::optional<unsigned> lineNamed(const std::string& file, const std::string& name) {
    const auto chip = openChip(file);
    auto* line = chip == nullptr ? nullptr : ::gpiod_chip_find_line(chip.get(), name.c_str());
    return line == nullptr ? std::nullopt : std::optional(::gpiod_line_offset(line));
}

Result<std::unique_ptr<GpioLine>> requestLine(const FoundLine& found, const LineWish& wish) {
    auto chip = openChip(found.file);
    auto* line = chip == nullptr ? nullptr : ::gpiod_chip_get_line(chip.get(), found.offset);
    if (line == nullptr) return fail(ErrorCode::NotFound, "{}: {}", found.file, std::strerror(errno));
    const gpiod_line_request_config config{
        kConsumer, wish.output ? GPIOD_LINE_REQUEST_DIRECTION_OUTPUT : GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES, flagsOf(wish)};
    if (::gpiod_line_request(line, &config, 0) != 0) {
        const int problem = errno;
        const char* user = ::gpiod_line_consumer(line);
        if (problem == EBUSY)
            return fail(ErrorCode::InvalidState, "the line {} of {} is used by {}", wish.line, found.label, user == nullptr ? "somebody else" : user);
        return fail(ErrorCode::Internal, "the line {} of {}: {}", wish.line, found.label, std::strerror(problem));
    }
    return std::unique_ptr<GpioLine>(std::make_unique<LineV1>(std::move(chip), line, wish.output));
}

}  // namespace pegasus::drivers::linux_
