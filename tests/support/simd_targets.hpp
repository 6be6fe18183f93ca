// SPDX-License-Identifier: Apache-2.0
// Runs a test for every instruction set that this machine and this build have.
#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

namespace pegasus::test {

template <class F>
void forEachTarget(F body) {
    for (const auto target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        const ::testing::ScopedTrace trace(__FILE__, __LINE__, hwy::TargetName(target));
        body();
    }
    hwy::SetSupportedTargetsForTest(0);  // all again
}

}  // namespace pegasus::test
