// SPDX-License-Identifier: Apache-2.0
// What is out of line of Expected.
#include "base/expected.hpp"

namespace pegasus {

void throwBadExpectedAccess() { throw BadExpectedAccess(); }

}  // namespace pegasus
