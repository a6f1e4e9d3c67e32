// Heartbeat: says that this instance is alive, and looks who else is. Owned by the first shard, its
// thread; what it sees goes to all shards by letters.
//
// After it was cut off from the store, or the store has forgotten us, it declares nobody dead for a
// while: the others may have been cut off as well.
#pragma once

#include <cstddef>

#include "app/chat/bus_letter.h"
#include "app/shard_directory.h"
#include "cache/presence_store.h"
#include "reactor/pause.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

class Heartbeat : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    ShardDirectory& directory;
    cache::PresenceStore& store;
    InstanceId instance = 0;
  };
  explicit Heartbeat(const Environment& environment)
      : environment_(environment), pause_(environment.reactor) {}

  void open() { scope_.spawn(run()); }
  /// Beats now.
  void hurry() { pause_.end(); }
  /// It goes on to beat, but tells no other shard: from here on they may be gone.
  void hush() { is_hushed_ = true; }
  /// With a farewell. Before the store's connection is closed; also when it was never opened.
  [[nodiscard]] reactor::Task<void> close();

  /// Ourselves included, at the last look.
  [[nodiscard]] std::size_t alive() const { return alive_; }

 private:
  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] reactor::Task<bool> beat();
  [[nodiscard]] reactor::Task<void> look();

  const Environment environment_;
  reactor::TimePoint judges_from_;  // nobody is declared dead before
  std::size_t alive_ = 0;
  bool is_hushed_ = false;
  bool is_closing_ = false;
  reactor::Pause pause_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
