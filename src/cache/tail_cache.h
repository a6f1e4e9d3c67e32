// TailCache: the last records of conversations, shared by all instances: a sorted set for each,
// scored by seq. A cache and a hint: whatever is not there, or not surely right, is a miss, and the
// database is asked. Owned by a shard, which owns the conversations that it names; its thread.
//
// Records are opaque and, but for forget(), never change: a second one of the same seq with other
// bytes makes the whole a miss. A member is the seq in eight bytes, then the record. Commits reach
// Redis in any order and more than once, so a reader takes only a run without holes that ends at
// the head it knows.
//
// A write that was perhaps lost (refused, answered with an error, or in flight when the connection
// broke) makes its key distrusted: until we have deleted it we neither read nor write it. After a
// reconnect that happens kTailSettleTime later, since Redis may still find writes of the old
// connection in a socket; they must not come after the deletion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/distrust.h"
#include "cache/redis_connection.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::cache {

struct TailRecord {
  std::int64_t seq = 0;
  std::string bytes;

  friend bool operator==(const TailRecord&, const TailRecord&) = default;
};
/// In the order of their seq, without a hole.
using Tail = std::vector<TailRecord>;

struct TailFigures {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;    // all of them
  std::uint64_t corrupt = 0;   // misses because of what no writer of ours would leave
  std::size_t distrusted = 0;  // conversations whose keys must be deleted first
  bool distrusts_all = false;  // of any other conversation too
};

class TailCache final : RedisConnection::Listener, RedisConnection::PostOwner, reactor::Timer {
 public:
  /// Before connection.open(). The connection is closed before this ends.
  TailCache(reactor::Reactor& reactor, RedisConnection& connection);

  /// Which log the records are of, as the database names it; another one has other keys. Until it
  /// is known nothing is read or written.
  void set_epoch(std::string epoch);

  struct Place {
    std::int64_t conversation_id = 0;
    std::int64_t seq = 0;
    std::int64_t keep_from_seq = 0;  // what is below may go
  };
  /// After a commit. Nobody waits; what is lost is a miss later. A record of more than
  /// kTailRecordBytesMax is not kept.
  void append(Place place, std::string_view record);
  /// Puts what the database has in the place of what was cached. In the order of their seq, without
  /// a hole, up to the head; of more than kTailRecordsMax the newest.
  void warm(std::int64_t conversation_id, std::span<const TailRecord> records);
  /// What was cached is no longer true: a record was overwritten, or its readers have changed.
  void forget(const std::vector<std::int64_t>& conversation_ids);

  struct Range {
    std::int64_t conversation_id = 0;
    std::int64_t head_seq = 0;   // the newest, as the asker knows it
    std::int64_t after_seq = 0;  // below the first one
  };
  /// All of after_seq < seq ≤ head_seq, or nothing.
  [[nodiscard]] reactor::Task<std::optional<Tail>> read(Range range);

  struct Last {
    std::int64_t conversation_id = 0;
    std::int64_t head_seq = 0;
    std::size_t count = 0;
  };
  /// The newest, at most `count` of them and at least the head; fewer where the cache begins later.
  [[nodiscard]] reactor::Task<std::optional<Tail>> read_last(Last last);

  [[nodiscard]] TailFigures figures() const;

 private:
  void on_up() override;
  void post_lost(std::int64_t conversation_id) override;
  void expired() override;

  [[nodiscard]] bool is_trusted(std::int64_t conversation_id);
  [[nodiscard]] Command deletion_of(std::int64_t conversation_id) const;
  bool delete_key(std::int64_t conversation_id);
  void post(std::int64_t conversation_id, const Command& command);
  void keep_for_a_while(std::int64_t conversation_id);
  [[nodiscard]] reactor::Task<std::optional<Tail>> ask(std::int64_t conversation_id,
                                                       Command command);
  std::optional<Tail> counted(std::optional<Tail> tail);
  void sweep_at(reactor::TimePoint time);

  reactor::Reactor& reactor_;
  RedisConnection& connection_;
  std::string epoch_;
  Distrust distrust_;
  reactor::TimePoint settled_at_;  // what is distrusted may be deleted from then on
  std::minstd_rand random_{std::random_device{}()};
  TailFigures figures_;
};

}  // namespace ringtalk::cache
