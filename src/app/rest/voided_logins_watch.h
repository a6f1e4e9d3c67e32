// VoidedLoginsWatch: learns from the database which logins have ended on other instances, and ends
// them here. One an instance, owned by one of its shards, on that shard's thread. It asks twice a
// second: the contract allows a logout one second to reach every instance.
#pragma once

#include <chrono>
#include <cstdint>

#include "app/auth/revoked_logins.h"
#include "app/shard_directory.h"
#include "db/token_store.h"
#include "reactor/pause.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::rest {

class VoidedLoginsWatch : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    ShardDirectory& directory;
    db::TokenStore& tokens;
    const auth::RevokedLogins& known;  // of its own shard
    std::chrono::milliseconds jwt_lifetime;
  };
  explicit VoidedLoginsWatch(const Environment& environment);

  /// Begins to ask; first for all logins whose tokens could still be good.
  void open();
  /// Asks no more, and waits for the question under way. Once, before the destructor.
  [[nodiscard]] reactor::Task<void> close();

 private:
  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] reactor::Task<void> ask_once();

  const Environment environment_;
  std::int64_t since_ms_ = 0;
  bool is_closing_ = false;
  reactor::Pause pause_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::rest
