// SPDX-License-Identifier: Apache-2.0
// PCRE2, with limits on its steps and its depth: a pattern of an administrator meets a line of anybody.
#include "drivers/lines/extract.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

#include "drivers/linux/json_pointer.hpp"
#include "sensor/channel_text.hpp"
#include "sensor/decimal.hpp"

namespace pegasus::drivers::lines {
namespace {

constexpr std::uint32_t kMostSteps = 100'000;
constexpr std::uint32_t kMostDepth = 250;
constexpr std::uint32_t kMostHeap = 1024;  // KiB

struct Free {
    void operator()(pcre2_code* code) const { ::pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { ::pcre2_match_data_free(data); }
    void operator()(pcre2_match_context* context) const { ::pcre2_match_context_free(context); }
};

PCRE2_SPTR textOf(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

std::string messageOf(int problem) {
    std::array<PCRE2_UCHAR, 200> text{};
    (void)::pcre2_get_error_message(problem, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

class Pattern final : public Extractor {
public:
    Pattern(std::unique_ptr<pcre2_code, Free> code, std::vector<std::uint32_t> groups)
        : code_(std::move(code)), groups_(std::move(groups)), data_(::pcre2_match_data_create_from_pattern(code_.get(), nullptr)),
          context_(::pcre2_match_context_create(nullptr)) {
        ::pcre2_set_match_limit(context_.get(), kMostSteps);
        ::pcre2_set_depth_limit(context_.get(), kMostDepth);
        ::pcre2_set_heap_limit(context_.get(), kMostHeap);
    }

    [[nodiscard]] Result<Values> extract(std::string_view line) const override {
        const int found = ::pcre2_match(code_.get(), textOf(line), line.size(), 0, PCRE2_NO_UTF_CHECK, data_.get(), context_.get());
        if (found == PCRE2_ERROR_NOMATCH) return fail(ErrorCode::InvalidArgument, "'{}' does not fit the pattern", sensor::quotable(line));
        if (found < 0) return fail(ErrorCode::LimitExceeded, "'{}': {}", sensor::quotable(line), messageOf(found));
        const auto* places = ::pcre2_get_ovector_pointer(data_.get());
        Values values;
        for (const auto group : groups_) {
            const auto begin = places[2 * group];
            const auto end = places[2 * group + 1];
            const bool there = begin != PCRE2_UNSET && begin <= end && end <= line.size();
            const auto number = there ? sensor::Decimal::parse(line.substr(begin, end - begin)) : sensor::Decimal::parse("");
            values.push_back(number ? std::optional(number->toDouble()) : std::nullopt);
        }
        return values;
    }

private:
    std::unique_ptr<pcre2_code, Free> code_;
    std::vector<std::uint32_t> groups_;
    std::unique_ptr<pcre2_match_data, Free> data_;  // of the one thread
    std::unique_ptr<pcre2_match_context, Free> context_;
};

class Pointers final : public Extractor {
public:
    explicit Pointers(std::vector<std::string> pointers) : pointers_(std::move(pointers)) {}
    [[nodiscard]] Result<Values> extract(std::string_view line) const override {
        PEGASUS_TRY(const auto numbers, linux_::numbersAt(line, pointers_));
        Values values;
        for (const auto& number : numbers) values.push_back(number ? std::optional(*number) : std::nullopt);
        return values;
    }

private:
    std::vector<std::string> pointers_;
};

}  // namespace

Result<std::unique_ptr<Extractor>> byPattern(const std::string& pattern, const std::vector<std::string>& groups) {
    int problem = 0;
    PCRE2_SIZE place = 0;
    std::unique_ptr<pcre2_code, Free> code(::pcre2_compile(textOf(pattern), pattern.size(), PCRE2_NEVER_BACKSLASH_C, &problem, &place, nullptr));
    if (code == nullptr) return fail(ErrorCode::InvalidArgument, "at character {}: {}", place + 1, messageOf(problem));
    std::vector<std::uint32_t> numbers;
    for (const auto& group : groups) {
        const int number = ::pcre2_substring_number_from_name(code.get(), textOf(group));
        if (number < 0) return fail(ErrorCode::NotFound, "it has no group '{}': write (?<{}>...)", group, group);
        numbers.push_back(static_cast<std::uint32_t>(number));
    }
    return std::unique_ptr<Extractor>(std::make_unique<Pattern>(std::move(code), std::move(numbers)));
}

Result<std::unique_ptr<Extractor>> byPointers(std::vector<std::string> pointers) {
    for (const auto& pointer : pointers)
        if (const auto fine = linux_::checkPointer(pointer); !fine)
            return fail(ErrorCode::InvalidArgument, "'{}' is no JSON pointer: {}", pointer, fine.error().message);
    return std::unique_ptr<Extractor>(std::make_unique<Pointers>(std::move(pointers)));
}

}  // namespace pegasus::drivers::lines
