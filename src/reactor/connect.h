// connect_to(): a descriptor that is connected to somebody who listens: non-blocking,
// close-on-exec, and for TCP without Nagle's wait. The caller owns it. The reactor's thread.
#pragma once

#include <optional>

#include "reactor/clock.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/socket_address.h"
#include "reactor/task.h"

namespace ringtalk::reactor {

/// `from`: the address to come from (its port may be 0); by default the system's choice.
/// kTimedOut when the peer has said neither yes nor no by the deadline; kSystem with its errno when
/// it refused. Nothing is left open then.
[[nodiscard]] Task<Result<int>> connect_to(Reactor& reactor, SocketAddress address,
                                           Deadline deadline,
                                           std::optional<SocketAddress> from = {});

}  // namespace ringtalk::reactor
