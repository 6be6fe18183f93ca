// SPDX-License-Identifier: Apache-2.0
// Amounts as people write them: i, Ki, Mi, Gi, Ti, Pi (powers of 1000), without floating point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/types.hpp"

namespace pegasus::model {

enum class Unit : std::uint8_t { I, Ki, Mi, Gi, Ti, Pi };

/// "i", "Ki", ...
[[nodiscard]] std::string_view unitName(Unit unit);
/// The inverse; case matters. InvalidArgument otherwise.
[[nodiscard]] Result<Unit> parseUnit(std::string_view name);

/// "1500", "1500i", "1.5 Ki", "-2Mi": digits with at most one point, then an optional unit (i if absent). Refuses
/// fractions of one iota, exponents, other separators and amounts beyond the supply.
[[nodiscard]] Result<Iotas> parseIotas(std::string_view text);

/// Exact, without trailing zeros: formatIotas(1500, Unit::Ki) is "1.5 Ki".
[[nodiscard]] std::string formatIotas(Iotas amount, Unit unit);
/// The largest unit in which at least 1 is before the point: "1.5 Ki", "0 i".
[[nodiscard]] std::string formatIotas(Iotas amount);

}  // namespace pegasus::model
