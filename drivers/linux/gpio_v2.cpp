// SPDX-License-Identifier: Apache-2.0
// libgpiod 2.x: the kernel debounces, and numbers the edges of a line, so that a gap tells how many were lost.
#include <gpiod.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "drivers/linux/gpio_library.hpp"

namespace pegasus::drivers::linux_ {
namespace {

template <class T, void (*kFree)(T*)>
struct Free {
    void operator()(T* object) const { kFree(object); }
};
template <class T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Free<T, kFree>>;
using Chip = Owned<gpiod_chip, gpiod_chip_close>;
using ChipInfo = Owned<gpiod_chip_info, gpiod_chip_info_free>;
using LineInfo = Owned<gpiod_line_info, gpiod_line_info_free>;
using Settings = Owned<gpiod_line_settings, gpiod_line_settings_free>;
using LineConfig = Owned<gpiod_line_config, gpiod_line_config_free>;
using RequestConfig = Owned<gpiod_request_config, gpiod_request_config_free>;
using Request = Owned<gpiod_line_request, gpiod_line_request_release>;
using Buffer = Owned<gpiod_edge_event_buffer, gpiod_edge_event_buffer_free>;

class LineV2 final : public GpioLine {
public:
    LineV2(Request request, unsigned offset, bool debounced, bool output)
        : request_(std::move(request)), buffer_(::gpiod_edge_event_buffer_new(kEdgesAtOnce)), offset_(offset), debounced_(debounced), output_(output) {}

    [[nodiscard]] int descriptor() const override { return output_ ? -1 : ::gpiod_line_request_get_fd(request_.get()); }
    [[nodiscard]] bool debounced() const override { return debounced_; }
    [[nodiscard]] std::optional<std::uint64_t> lost() const override { return lost_; }

    [[nodiscard]] Result<std::vector<Edge>> edges() override {
        std::vector<Edge> all;
        while (all.size() < kMostEdges && readable(descriptor(), Duration(0))) {
            const int count = ::gpiod_line_request_read_edge_events(request_.get(), buffer_.get(), kEdgesAtOnce);
            if (count < 0) return fail(ErrorCode::NotFound, "the GPIO line does not answer: {}", std::strerror(errno));
            for (unsigned long i = 0; i < static_cast<unsigned long>(count); ++i) {
                auto* event = ::gpiod_edge_event_buffer_get_event(buffer_.get(), i);
                const auto number = ::gpiod_edge_event_get_line_seqno(event);
                lost_ += number - next_;
                next_ = number + 1;
                all.push_back({::gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE,
                               std::chrono::nanoseconds(::gpiod_edge_event_get_timestamp_ns(event))});
            }
        }
        return all;
    }
    [[nodiscard]] Result<bool> level() override {
        const auto value = ::gpiod_line_request_get_value(request_.get(), offset_);
        if (value == GPIOD_LINE_VALUE_ERROR) return fail(ErrorCode::NotFound, "the GPIO line does not answer: {}", std::strerror(errno));
        return value == GPIOD_LINE_VALUE_ACTIVE;
    }
    [[nodiscard]] Result<void> set(bool active) override {
        if (::gpiod_line_request_set_value(request_.get(), offset_, active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE) == 0) return {};
        return fail(ErrorCode::NotFound, "the GPIO line cannot be set: {}", std::strerror(errno));
    }

private:
    Request request_;
    Buffer buffer_;
    unsigned offset_;
    bool debounced_;
    bool output_;
    unsigned long next_ = 1;  // numbers of edges begin at 1
    std::uint64_t lost_ = 0;
};

gpiod_line_bias biasOf(Bias bias) {
    switch (bias) {
        case Bias::AsIs: return GPIOD_LINE_BIAS_AS_IS;
        case Bias::PullUp: return GPIOD_LINE_BIAS_PULL_UP;
        case Bias::PullDown: return GPIOD_LINE_BIAS_PULL_DOWN;
        case Bias::None: return GPIOD_LINE_BIAS_DISABLED;
    }
    return GPIOD_LINE_BIAS_AS_IS;
}

Request request(gpiod_chip* chip, unsigned offset, const LineWish& wish, bool debounce) {
    const Settings settings(::gpiod_line_settings_new());
    const LineConfig lines(::gpiod_line_config_new());
    const RequestConfig config(::gpiod_request_config_new());
    if (settings == nullptr || lines == nullptr || config == nullptr) return nullptr;
    auto* line = settings.get();
    ::gpiod_line_settings_set_direction(line, wish.output ? GPIOD_LINE_DIRECTION_OUTPUT : GPIOD_LINE_DIRECTION_INPUT);
    if (!wish.output) {
        ::gpiod_line_settings_set_edge_detection(line, GPIOD_LINE_EDGE_BOTH);
        ::gpiod_line_settings_set_bias(line, biasOf(wish.bias));
        ::gpiod_line_settings_set_event_clock(line, GPIOD_LINE_CLOCK_MONOTONIC);
        if (debounce) ::gpiod_line_settings_set_debounce_period_us(line, static_cast<unsigned long>(wish.debounce.count()));
    }
    ::gpiod_line_settings_set_active_low(line, wish.activeLow);
    ::gpiod_line_config_add_line_settings(lines.get(), &offset, 1, line);
    ::gpiod_request_config_set_consumer(config.get(), kConsumer);
    ::gpiod_request_config_set_event_buffer_size(config.get(), kMostEdges);
    return Request(::gpiod_chip_request_lines(chip, config.get(), lines.get()));
}

std::string userOf(gpiod_chip* chip, unsigned offset) {
    const LineInfo info(::gpiod_chip_get_line_info(chip, offset));
    const char* user = info == nullptr ? nullptr : ::gpiod_line_info_get_consumer(info.get());
    return user == nullptr ? "somebody else" : user;
}

}  // namespace

Result<std::string> chipLabel(const std::string& file) {
    const Chip chip(::gpiod_chip_open(file.c_str()));
    const ChipInfo info(chip == nullptr ? nullptr : ::gpiod_chip_get_info(chip.get()));
    if (info != nullptr) return std::string(::gpiod_chip_info_get_label(info.get()));
    return fail(errno == EACCES ? ErrorCode::AccessDenied : ErrorCode::NotFound, "{}: {}", file, std::strerror(errno));
}

std::optional<unsigned> lineNamed(const std::string& file, const std::string& name) {
    const Chip chip(::gpiod_chip_open(file.c_str()));
    const int offset = chip == nullptr ? -1 : ::gpiod_chip_get_line_offset_from_name(chip.get(), name.c_str());
    return offset < 0 ? std::nullopt : std::optional(static_cast<unsigned>(offset));
}

Result<std::unique_ptr<GpioLine>> requestLine(const FoundLine& found, const LineWish& wish) {
    const Chip chip(::gpiod_chip_open(found.file.c_str()));
    if (chip == nullptr) return fail(ErrorCode::NotFound, "{}: {}", found.file, std::strerror(errno));
    bool debounced = !wish.output && wish.debounce > Duration(0);
    auto ours = request(chip.get(), found.offset, wish, debounced);
    if (ours == nullptr && debounced && errno != EBUSY) {
        debounced = false;  // done here, by the time stamps
        ours = request(chip.get(), found.offset, wish, false);
    }
    if (ours == nullptr && errno == EBUSY)
        return fail(ErrorCode::InvalidState, "the line {} of {} is used by {}", wish.line, found.label, userOf(chip.get(), found.offset));
    if (ours == nullptr) return fail(ErrorCode::Internal, "the line {} of {}: {}", wish.line, found.label, std::strerror(errno));
    return std::unique_ptr<GpioLine>(std::make_unique<LineV2>(std::move(ours), found.offset, debounced, wish.output));
}

}  // namespace pegasus::drivers::linux_
