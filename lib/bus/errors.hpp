// SPDX-License-Identifier: Apache-2.0
// pegasus::Error to and from the errors of D-Bus.
#pragma once

#include "base/result.hpp"
#include "bus/shim.hpp"

namespace pegasus::bus {

/// The reply for a failure, named as error_names.hpp says.
[[nodiscard]] sdbus::Error toBus(const Error& error);
/// What came back. Standard errors of the bus are mapped where the table has a code: no such service or no answer is
/// Unreachable.
[[nodiscard]] Error fromBus(const sdbus::Error& error);

/// Runs `call`, which may throw sdbus::Error.
template <class F>
auto attempt(F&& call) -> Result<std::invoke_result_t<F&>> {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
            call();
            return {};
        } else {
            return call();
        }
    } catch (const sdbus::Error& error) {
        return fail(fromBus(error));
    }
}

}  // namespace pegasus::bus
