// Tails: the cached ends of the logs that this shard owns: what is committed goes in, what is read
// again and again is loaded. Every answer is a hint that was checked against the head that the
// asker knows; without one the database is asked. One per shard, its thread.
//
// A tail is loaded once when it was missed again within a short time, however many miss it
// meanwhile; nothing is loaded in advance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tsl/robin_map.h>
#include <tsl/robin_set.h>

#include "app/chat/published.h"
#include "app/protocol/ids.h"
#include "cache/tail_cache.h"
#include "db/message_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

/// Oldest first, without a hole, up to the head that was asked for. Without numbers and statuses.
using TailRows = std::vector<db::EventRow>;

struct TailsFigures {
  cache::TailFigures cache;
  std::uint64_t loads = 0;  // from the database
};

class Tails : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    cache::TailCache* cache = nullptr;  // null: there is none
    db::MessageStore& store;
  };
  explicit Tails(const Environment& environment) : environment_(environment) {}

  [[nodiscard]] bool exist() const { return environment_.cache != nullptr; }

  /// Of an event that was just committed.
  void append(const Published& published);

  /// All of after_seq < seq ≤ head, or nothing.
  [[nodiscard]] reactor::Task<std::optional<TailRows>> read(cache::TailCache::Range range);
  /// The newest `count`, fewer only where the log begins, or nothing.
  [[nodiscard]] reactor::Task<std::optional<TailRows>> read_last(cache::TailCache::Last last);

  [[nodiscard]] TailsFigures figures() const;
  /// Waits for loads under way.
  [[nodiscard]] reactor::TaskScope::JoinAwaiter join() { return scope_.join(); }

 private:
  struct Misses {
    int count = 0;
    reactor::TimePoint first_at;
  };

  void missed(std::int64_t conversation_id, std::int64_t head_seq);
  [[nodiscard]] reactor::Task<void> load(std::int64_t conversation_id, std::int64_t head_seq);

  const Environment environment_;
  tsl::robin_map<std::int64_t, Misses> misses_;
  tsl::robin_set<std::int64_t> loading_;
  std::uint64_t loads_ = 0;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
