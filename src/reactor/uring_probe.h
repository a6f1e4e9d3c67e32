// What UringBackend needs of a kernel, tried out at start. Headers and version numbers do not tell:
// containers, sandboxes and sysctls refuse io_uring in part or as a whole. The reactor's thread.
#pragma once

#include <liburing.h>

#include "reactor/buffer_ring.h"
#include "reactor/result.h"

namespace ringtalk::reactor {

/// The error names the first opcode that is missing.
[[nodiscard]] Result<void> probe_opcodes(io_uring& ring);

/// Receives a byte through a multishot receive with a provided buffer, and ends it by cancelling:
/// the newest of what is used, and the part that sandboxes emulate worst. Leaves nothing in flight.
[[nodiscard]] Result<void> probe_multishot_receive(io_uring& ring, BufferRing& buffers);

}  // namespace ringtalk::reactor
