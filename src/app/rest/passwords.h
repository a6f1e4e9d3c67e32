// Passwords: hashing and checking on the worker pool, because each takes tens of milliseconds. One
// a shard, on its thread. A full queue, or no memory for the hash, is kOverloaded: 503.
#pragma once

#include <optional>
#include <string>

#include "app/auth/password_hasher.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"
#include "reactor/worker_pool.h"

namespace ringtalk::app::rest {

class Passwords {
 public:
  Passwords(reactor::Reactor& reactor, reactor::WorkerPool& workers,
            const auth::PasswordHasher& hasher)
      : reactor_(reactor), workers_(workers), hasher_(hasher) {}

  [[nodiscard]] reactor::Task<reactor::Result<std::string>> hash(std::string password);

  struct Verdict {
    bool is_right = false;
    std::optional<std::string> better_hash;  // when right, but hashed at another cost than today's
  };
  /// Without a hash (nobody has that address) it takes as long, and is wrong.
  [[nodiscard]] reactor::Task<reactor::Result<Verdict>> check(std::string password,
                                                              std::optional<std::string> hash);

 private:
  reactor::Reactor& reactor_;
  reactor::WorkerPool& workers_;
  const auth::PasswordHasher& hasher_;
};

}  // namespace ringtalk::app::rest
