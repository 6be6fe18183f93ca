// SPDX-License-Identifier: Apache-2.0
// How Tangle's members change things. Included by its source files only.
#pragma once

#include "node/tangle.hpp"

namespace pegasus::node {

template <class F>
auto Tangle::change(F work) -> decltype(work()) {
    using R = decltype(work());
    if (auto ready = refresh(); !ready) return R(fail(ready.error()));
    // Until `changing_` is set nothing has been touched, and an error costs nothing.
    changing_ = false;
    struct Watch {
        Tangle& tangle;
        bool good = false;
        ~Watch() {
            if (!good && tangle.changing_) tangle.behind_ = true;
        }
    } watch{*this};
    auto result = work();
    watch.good = result.has_value();
    return result;
}

}  // namespace pegasus::node
