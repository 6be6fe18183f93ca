// SPDX-License-Identifier: Apache-2.0
// Descriptors that come in over the bus: only harmless ones get into the program.
#pragma once

namespace pegasus::daemon {

/// From here on, of the descriptors that the process receives over local sockets only pipes and memory files stay as they are. In
/// the place of another one there is /dev/null, and the descriptor itself is closed by a side thread.
///
/// Every caller can attach a descriptor to any message, and whoever gets it must close it; but closing a file of a file system
/// whose server does not answer, a socket that lingers or a terminal that is stopped may take for ever. sd-bus would do that on the
/// loop thread, before any handler or the gate has seen the message.
void guardReceivedDescriptors();

}  // namespace pegasus::daemon
