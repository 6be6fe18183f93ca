// SPDX-License-Identifier: Apache-2.0
// A GPIO input for a driver.
#include "drivers/linux/line_source.hpp"

#include <algorithm>

namespace pegasus::drivers::linux_ {
namespace {

using sensor::Option;
using sensor::OptionKind;

constexpr std::string_view kBiases[] = {"as-is", "pull-up", "pull-down", "none"};

}  // namespace

sensor::OptionTable lineOptions(std::string_view debounce) {
    const Option rows[] = {
        {.name = "line", .help = "Name of the line, such as GPIO17 (gpioinfo tells them)", .needed = true},
        {.name = "chip", .help = "Label of its chip, such as pinctrl-bcm2711; only needed where several have a line of that name"},
        {.name = "bias", .kind = OptionKind::Choice, .help = "What the line is pulled to while nothing drives it", .standard = "as-is", .choices = kBiases},
        {.name = "active-low", .kind = OptionKind::Flag, .help = "Active is the low level: a switch to ground", .standard = "false"},
        {.name = "debounce", .kind = OptionKind::Time, .help = "A level counts once it has stood for so long", .standard = debounce, .least = 0, .most = 10}};
    return rows;
}

void claimLine(sensor::Parameters& parameters, std::string_view option, const LineWish& wish) {
    if (!wish.line.empty()) parameters.claim(option, fmt::format("the line {}{}{}", wish.line, wish.chip.empty() ? "" : " of ", wish.chip));
}

LineWish lineWish(sensor::Parameters& parameters) {
    LineWish wish;
    wish.chip = parameters.textOr("chip");
    wish.line = parameters.textOr("line");
    wish.bias = static_cast<Bias>(parameters.choice("bias"));
    wish.activeLow = parameters.flag("active-low");
    wish.debounce = parameters.time("debounce").value_or(0s);
    claimLine(parameters, "line", wish);
    return wish;
}

Result<void> LineSource::open() {
    if (line_ != nullptr) return {};
    PEGASUS_TRY(auto line, chips_->open(wish_));
    PEGASUS_TRY(active_, line->level());
    debounce_.emplace(line->debounced() ? Duration(0) : wish_.debounce, active_);
    line_ = std::move(line);
    return {};
}

Result<std::vector<Edge>> LineSource::drain() {
    if (line_ == nullptr) return fail(ErrorCode::InvalidState, "the line is not open");
    const auto edges = line_->edges();
    if (!edges) {
        line_.reset();
        return fail(edges.error());
    }
    auto real = debounce_->pass(*edges);
    if (const auto last = debounce_->settle(now())) real.push_back(*last);
    if (!real.empty()) active_ = real.back().rising;
    return real;
}

sensor::Attention LineSource::attention() const {
    if (line_ == nullptr) return {};
    sensor::Attention attention;
    attention.descriptor = line_->descriptor();
    if (const auto due = debounce_->due()) attention.within = std::max(std::chrono::ceil<Duration>(*due - now()), Duration(0));
    return attention;
}

}  // namespace pegasus::drivers::linux_
