// The polite end of a stream after the last bytes were sent: closing at once would let the kernel
// answer bytes still on their way with a reset, which can destroy ours (RFC 9112 §9.6).
#pragma once

#include "reactor/byte_stream.h"
#include "reactor/reactor.h"
#include "reactor/task.h"

namespace ringtalk::reactor {

/// Sends the end of our side, then reads and drops until the peer ends its own: for 2 seconds and
/// 1 MiB at the most. The stream is still to be closed.
[[nodiscard]] Task<void> linger(Reactor& reactor, ByteStream& stream);

}  // namespace ringtalk::reactor
