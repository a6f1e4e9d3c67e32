// resolve(): the addresses of a host. A numeric one costs nothing; a name is asked for on a worker
// thread, because getaddrinfo() may block for seconds. Called on the reactor's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/socket_address.h"
#include "reactor/task.h"
#include "reactor/worker_pool.h"

namespace ringtalk::reactor {

/// At least one address, in the order in which they should be tried. kUnavailable when the name has
/// none, or nobody could say. It cannot be hurried: the system's resolver has its own timeouts.
[[nodiscard]] Task<Result<std::vector<SocketAddress>>> resolve(Reactor& reactor,
                                                               WorkerPool& workers,
                                                               std::string host,
                                                               std::uint16_t port);

}  // namespace ringtalk::reactor
