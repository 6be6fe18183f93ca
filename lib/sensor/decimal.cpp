// SPDX-License-Identifier: Apache-2.0
// Arithmetic in 128 bits, brought back to 18 digits after each step.
#include "sensor/decimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace pegasus::sensor {
namespace {

__extension__ typedef __int128 Wide;

constexpr Wide kLimit = 1'000'000'000'000'000'000;  // 18 digits
constexpr int kMaxExponent = 400;                   // beyond what a double holds
constexpr int kMostDecimals = 18;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Divides by 10^digits, halves away from zero.
Wide shortened(Wide value, int digits) {
    Wide divisor = 1;
    for (int i = 0; i < digits; ++i) {
        if (divisor > kLimit * kLimit / 10) return 0;
        divisor *= 10;
    }
    const Wide half = divisor / 2;
    return (value >= 0 ? value + half : value - half) / divisor;
}

/// With at most 18 digits, and none of the zeros at the end that are not needed.
Decimal normal(Wide mantissa, int exponent) {
    int extra = 0;
    for (Wide rest = mantissa; rest >= kLimit || rest <= -kLimit; rest /= 10) ++extra;
    mantissa = shortened(mantissa, extra);
    exponent += extra;
    while (mantissa != 0 && mantissa % 10 == 0) {
        mantissa /= 10;
        ++exponent;
    }
    return {static_cast<std::int64_t>(mantissa), mantissa == 0 ? 0 : exponent};
}

/// The text as it stands: digits without the point, and the power of ten of the last of them.
struct Written {
    Wide mantissa = 0;
    int exponent = 0;
    int last = 0;  // power of ten of the last digit that is written
};

Unexpected<Error> noNumber() { return fail(ErrorCode::InvalidArgument, "expected a number"); }

Result<int> exponentFrom(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    int value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return noNumber();
    return value;
}

Result<Written> writtenFrom(std::string_view text) {
    Written written;
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (negative || text.front() == '+')) text.remove_prefix(1);
    bool point = false;
    bool digits = false;
    std::size_t at = 0;
    for (; at < text.size() && (isDigit(text[at]) || (text[at] == '.' && !point)); ++at) {
        if (text[at] == '.') {
            point = true;
            continue;
        }
        digits = true;
        if (point) --written.last;
        if (written.mantissa < kLimit * kLimit / 100) {
            written.mantissa = written.mantissa * 10 + (text[at] - '0');
            if (point) --written.exponent;
        } else if (!point) {
            ++written.exponent;
        }
    }
    if (!digits) return noNumber();
    if (at < text.size()) {
        if (text[at] != 'e' && text[at] != 'E') return noNumber();
        PEGASUS_TRY(const int power, exponentFrom(text.substr(at + 1)));
        if (power < -kMaxExponent || power > kMaxExponent) return noNumber();
        written.exponent += power;
        written.last += power;
    }
    if (negative) written.mantissa = -written.mantissa;
    const auto value = normal(written.mantissa, written.exponent).toDouble();
    if (!std::isfinite(value)) return fail(ErrorCode::InvalidArgument, "expected a number that is not so large");
    return written;
}

}  // namespace

Result<Decimal> Decimal::parse(std::string_view text) {
    PEGASUS_TRY(const auto written, writtenFrom(text));
    return normal(written.mantissa, written.exponent);
}

int Decimal::decimals() const {
    const auto plain = normal(mantissa_, exponent_);
    return std::max(0, -plain.exponent_);
}

Decimal Decimal::rounded(int decimals) const {
    const int extra = -exponent_ - decimals;
    return extra <= 0 ? *this : normal(shortened(mantissa_, extra), exponent_ + extra);
}

double Decimal::toDouble() const {
    const auto text = fmt::format("{}e{}", mantissa_, exponent_);
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc()) return value;
    if (exponent_ < 0) return 0;
    return std::numeric_limits<double>::infinity();
}

Decimal operator+(const Decimal& a, const Decimal& b) {
    if (a.isZero()) return b;
    if (b.isZero()) return a;
    const auto& high = a.exponent_ >= b.exponent_ ? a : b;
    const auto& low = a.exponent_ >= b.exponent_ ? b : a;
    Wide sum = high.mantissa_;
    int exponent = high.exponent_;
    for (; exponent > low.exponent_ && sum < kLimit * kLimit / 100 && sum > -kLimit * kLimit / 100; --exponent) sum *= 10;
    return normal(sum + shortened(low.mantissa_, exponent - low.exponent_), exponent);
}

Decimal operator*(const Decimal& a, const Decimal& b) {
    return normal(static_cast<Wide>(a.mantissa_) * b.mantissa_, a.exponent_ + b.exponent_);
}

Result<Measured> Measured::parse(std::string_view text) {
    PEGASUS_TRY(const auto written, writtenFrom(text));
    return Measured{normal(written.mantissa, written.exponent), Decimal(1, written.last)};
}

Measured Measured::times(const Decimal& factor) const { return {value * factor, (step * factor).magnitude()}; }

Measured Measured::plus(const Measured& offset) const {
    return {value + offset.value, offset.step.toDouble() < step.toDouble() ? offset.step : step};
}

double Measured::published() const {
    if (step.isZero()) return value.toDouble();
    const int warranted = decimalsFor(step.toDouble());
    const int exact = step.decimals();
    return value.rounded(exact <= warranted + 1 ? std::max(exact, warranted) : warranted).toDouble();
}

int decimalsFor(double step) {
    int decimals = 0;
    for (double unit = 1; decimals < kMostDecimals && 2 * unit > step; unit /= 10) ++decimals;
    return decimals;
}

double roundedTo(double value, double step, int most) {
    const double power = std::pow(10.0, std::min(decimalsFor(step), most));
    return std::round(value * power) / power;
}

}  // namespace pegasus::sensor
