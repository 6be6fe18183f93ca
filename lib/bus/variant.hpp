// SPDX-License-Identifier: Apache-2.0
// Value to and from sdbus::Variant.
#pragma once

#include "bus/shim.hpp"
#include "bus/value.hpp"

namespace pegasus::bus {

[[nodiscard]] sdbus::Variant toVariant(const Value& value);
[[nodiscard]] Variants toVariants(const Dict& dict);
[[nodiscard]] std::vector<Variants> toVariants(const Dicts& dicts);

/// InvalidArgument for a type that Value has no place for, for more than kMaxPage entries, and for nesting deeper than 4.
[[nodiscard]] Result<Value> fromVariant(const sdbus::Variant& variant);
[[nodiscard]] Result<Dict> fromVariants(const Variants& variants);
[[nodiscard]] Result<Dicts> fromVariants(const std::vector<Variants>& variants);

}  // namespace pegasus::bus
