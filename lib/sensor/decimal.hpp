// SPDX-License-Identifier: Apache-2.0
// Decimal: numbers as people and the kernel write them, scaled without the noise of binary fractions. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace pegasus::sensor {

/// mantissa * 10^exponent. Sums and products are exact as long as 18 digits hold them, and rounded to 18 beyond.
class Decimal {
public:
    constexpr Decimal() = default;
    constexpr Decimal(std::int64_t mantissa, int exponent) : mantissa_(mantissa), exponent_(exponent) {}
    /// [+-] digits [. digits] [e [+-] digits], one side of the point may be empty; nothing around it. InvalidArgument.
    [[nodiscard]] static Result<Decimal> parse(std::string_view text);

    [[nodiscard]] bool isZero() const { return mantissa_ == 0; }
    /// Digits after the point that it takes to write it.
    [[nodiscard]] int decimals() const;
    /// With at most so many digits after the point, halves away from zero.
    [[nodiscard]] Decimal rounded(int decimals) const;
    /// The nearest one: the shortest text that reads back as it is this decimal, up to 15 digits. Infinite beyond 1e308.
    [[nodiscard]] double toDouble() const;
    [[nodiscard]] Decimal magnitude() const { return {mantissa_ < 0 ? -mantissa_ : mantissa_, exponent_}; }

    friend Decimal operator+(const Decimal& a, const Decimal& b);
    friend Decimal operator*(const Decimal& a, const Decimal& b);

private:
    std::int64_t mantissa_ = 0;  // at most 18 digits
    int exponent_ = 0;
};

/// A value and the step in which its source counts: 21.062 read from "21062" thousandths has a step of 0.001.
struct Measured {
    Decimal value;
    Decimal step;

    /// The step is one in the last digit that is written, so that trailing zeros count.
    [[nodiscard]] static Result<Measured> parse(std::string_view text);
    [[nodiscard]] Measured times(const Decimal& factor) const;
    /// `offset` is a correction by a person: its digits are meant, and refine the step.
    [[nodiscard]] Measured plus(const Measured& offset) const;
    /// The value in as many digits as the step warrants: all that its multiples have, or so many that the error of rounding is
    /// at most a quarter of it.
    [[nodiscard]] double published() const;
};

/// Digits after the point by which rounding errs by at most a quarter of `step`, 0 to 18.
[[nodiscard]] int decimalsFor(double step);

/// `value`, computed from counts, in the digits that `step` warrants and at most `most`.
[[nodiscard]] double roundedTo(double value, double step, int most);

}  // namespace pegasus::sensor
