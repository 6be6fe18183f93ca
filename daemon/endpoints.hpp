// SPDX-License-Identifier: Apache-2.0
// Addresses in the configuration: where the API listens, and which nodes are asked. Pure. Errors are InvalidArgument, and
// never repeat a URL, which may hold a password.
#pragma once

#include <string>
#include <vector>

#include "iri/server.hpp"

namespace pegasus::daemon {

/// "127.0.0.1:14265" or "[::1]:14265": an address, no name and no zone. Port 0 is any free one.
[[nodiscard]] Result<iri::BindAddress> parseBind(const std::string& text);
/// Whether it is the URL of a node.
[[nodiscard]] Result<void> checkNode(const std::string& url);
/// Whether a server on `binds` would get the requests that go to this URL of the own machine.
[[nodiscard]] bool isServedHere(const std::string& url, const std::vector<iri::BindAddress>& binds);

}  // namespace pegasus::daemon
