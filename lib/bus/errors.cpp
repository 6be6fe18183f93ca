// SPDX-License-Identifier: Apache-2.0
// Errors.
#include "bus/errors.hpp"

#include "bus/error_names.hpp"
#include "bus/names.hpp"

namespace pegasus::bus {

sdbus::Error toBus(const Error& error) { return sdbus::Error(ErrorName(nameOnBus(error.code)), error.message); }

Error fromBus(const sdbus::Error& error) {
    const std::string& name = error.getName();
    const std::string& message = error.getMessage();
    const auto code = codeOnBus(name);
    if (code == ErrorCode::Internal && !name.starts_with(kErrorPrefix)) return {code, name + ": " + message};
    return {code, message};
}

}  // namespace pegasus::bus
