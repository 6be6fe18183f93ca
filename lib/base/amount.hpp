// SPDX-License-Identifier: Apache-2.0
// Amounts of iotas as people write them: i, Ki, Mi, Gi, Ti, Pi (powers of 1000), without floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pegasus {

/// All the iotas there are. model::kSupply is the same number.
inline constexpr std::int64_t kIotaSupply = 2'779'530'283'277'761;

enum class Unit : std::uint8_t { I, Ki, Mi, Gi, Ti, Pi };

/// "i", "Ki", ...
[[nodiscard]] std::string_view unitName(Unit unit);
/// The inverse; case matters (a Mi is a million, an mi nothing).
[[nodiscard]] std::optional<Unit> parseUnit(std::string_view name);

/// "1500", "1500i", "1.5 Ki", "2Mi": decimal digits, a point with digits behind it where the unit is larger than i, and at
/// most one blank before the unit (i if there is none). Leading zeros say nothing: 0100 is a hundred. InvalidArgument, in
/// one short sentence: all else, fractions of one iota, and more than there is.
[[nodiscard]] Result<std::int64_t> parseAmount(std::string_view text);

/// Exact, without trailing zeros: formatAmount(1500, Unit::Ki) is "1.5 Ki".
[[nodiscard]] std::string formatAmount(std::int64_t amount, Unit unit);

}  // namespace pegasus
