// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. Exceptions end at the first line of ours.
#pragma once

#include <fmt/core.h>

#include <utility>

#include "base/error.hpp"
#include "base/expected.hpp"

namespace pegasus {

template <class T>
using Result = Expected<T, Error>;

/// `return fail(ErrorCode::NotFound, "no stream '{}'", name);`
template <class... Args>
[[nodiscard]] Unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format,
                                         Args&&... args) {
    return Unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

/// Passes an error on: `if (!x) return fail(x.error());`
[[nodiscard]] inline Unexpected<Error> fail(Error error) {
    return Unexpected<Error>(std::move(error));
}

}  // namespace pegasus

/// PEGASUS_TRY(auto tips, ledger.tips(3)): evaluates a Result expression; on error returns it from the enclosing
/// function, else binds the value. PEGASUS_CHECK(expression) does the same for Result<void>. In a coroutine:
/// PEGASUS_CO_TRY, PEGASUS_CO_CHECK.
#define PEGASUS_CONCAT_(a, b) a##b
#define PEGASUS_CONCAT(a, b) PEGASUS_CONCAT_(a, b)
#define PEGASUS_TRY_IMPL_(ret, tmp, decl, ...)             \
    auto tmp = (__VA_ARGS__);                              \
    if (!tmp) ret ::pegasus::fail(std::move(tmp).error()); \
    decl = std::move(*tmp)
#define PEGASUS_CHECK_IMPL_(ret, tmp, ...) \
    if (auto tmp = (__VA_ARGS__); !tmp) ret ::pegasus::fail(std::move(tmp).error())
#define PEGASUS_TRY(decl, ...) \
    PEGASUS_TRY_IMPL_(return, PEGASUS_CONCAT(result_, __LINE__), decl, __VA_ARGS__)
#define PEGASUS_CO_TRY(decl, ...) \
    PEGASUS_TRY_IMPL_(co_return, PEGASUS_CONCAT(result_, __LINE__), decl, __VA_ARGS__)
#define PEGASUS_CHECK(...) \
    PEGASUS_CHECK_IMPL_(return, PEGASUS_CONCAT(result_, __LINE__), __VA_ARGS__)
#define PEGASUS_CO_CHECK(...) \
    PEGASUS_CHECK_IMPL_(co_return, PEGASUS_CONCAT(result_, __LINE__), __VA_ARGS__)
