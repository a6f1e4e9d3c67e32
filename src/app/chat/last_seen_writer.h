// LastSeenWriter: when users went offline, on its way to the database: gathered for a moment and
// written together. What the database cannot take is kept and tried again, within a bound. One per
// shard, its thread.
#pragma once

#include <cstdint>
#include <vector>

#include <tsl/robin_map.h>

#include "app/protocol/ids.h"
#include "db/last_seen_store.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::app::chat {

class LastSeenWriter : reactor::Timer {
 public:
  LastSeenWriter(reactor::Reactor& reactor, db::LastSeenStore& store)
      : reactor_(reactor), store_(store) {}

  /// Forgotten when there is no room: it is a courtesy.
  void note(db::LastSeen seen);
  /// Writes what is left, if it can. When nobody notes any more, before the destructor.
  [[nodiscard]] reactor::Task<void> close();

  [[nodiscard]] std::size_t pending() const { return pending_.size(); }

 private:
  void expired() override;
  [[nodiscard]] std::vector<db::LastSeen> take_batch();
  [[nodiscard]] reactor::Task<bool> write_all();
  [[nodiscard]] reactor::Task<void> flush();

  reactor::Reactor& reactor_;
  db::LastSeenStore& store_;
  tsl::robin_map<std::int64_t, std::int64_t> pending_;  // user, Unix milliseconds
  bool is_writing_ = false;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
