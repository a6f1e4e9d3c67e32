// RedisLink: one connected session with Redis: addresses, connect, AUTH, SELECT, and then commands
// out and replies in. It does not heal; its owner (RedisConnection, RedisBus) makes another one.
// The reactor's thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "cache/command.h"
#include "cache/redis_options.h"
#include "cache/reply.h"
#include "cache/reply_reader.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/send_queue.h"
#include "reactor/socket_address.h"
#include "reactor/tcp_stream.h"
#include "reactor/worker_pool.h"

namespace ringtalk::cache {

class RedisLink : reactor::Pinned {
 public:
  /// `workers` ask for the addresses of a host that has a name.
  RedisLink(reactor::Reactor& reactor, reactor::WorkerPool& workers, const RedisOptions& options)
      : reactor_(reactor), workers_(workers), options_(options) {}

  /// Until Redis has answered a PING. Once.
  [[nodiscard]] reactor::Task<reactor::Result<>> open(reactor::Deadline deadline);

  /// What a turn has to say leaves in one write. Only while it is open.
  void send(const Command& command);
  /// Queued, or in a write that has not ended.
  [[nodiscard]] std::size_t bytes_unsent() const { return queue_ ? queue_->bytes() : 0; }

  /// Waits for bytes; replies that they complete are there for take() then. kTimedOut leaves the
  /// link usable, other errors are final.
  [[nodiscard]] reactor::Task<reactor::Result<>> fill(reactor::Deadline deadline);
  /// The next reply that has come whole; an error is final.
  [[nodiscard]] reactor::Result<std::optional<Reply>> take() { return reader_.next(); }

  /// What waits in open() or fill() ends with an error soon.
  void abort();
  /// Before the destructor, when nothing waits any more.
  [[nodiscard]] reactor::Task<void> close();

 private:
  [[nodiscard]] reactor::Task<reactor::Result<std::vector<reactor::SocketAddress>>> addresses();
  [[nodiscard]] reactor::Task<reactor::Result<>> connect(reactor::Deadline deadline);
  [[nodiscard]] reactor::Task<reactor::Result<>> greet(reactor::Deadline deadline);
  [[nodiscard]] reactor::Task<reactor::Result<Reply>> ask(Command command,
                                                          reactor::Deadline deadline);

  reactor::Reactor& reactor_;
  reactor::WorkerPool& workers_;
  const RedisOptions& options_;
  std::unique_ptr<reactor::TcpStream> stream_;
  std::unique_ptr<reactor::SendQueue> queue_;
  ReplyReader reader_;
  bool aborted_ = false;
};

}  // namespace ringtalk::cache
