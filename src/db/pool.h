// Pool: the database connections of a shard: one that writes, so that a shard's writes queue in one
// order; one that reads, so that no read waits behind a commit; and, opened when it is first
// needed, one for commits that wait for a lock which somebody else keeps. Owned by a shard, used on
// its thread. They heal themselves; while one is away its queries fail with kUnavailable.
#pragma once

#include <cstddef>
#include <cstdint>

#include "db/pg_connection.h"
#include "reactor/log.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"

namespace ringtalk::db {

class Pool : reactor::Pinned {
 public:
  Pool(reactor::Reactor& reactor, reactor::Log& log, PgOptions options);

  /// Begins to connect; queries wait for the outcome of the first attempt.
  void open();
  /// Refuses new queries, waits for those in flight, closes. Before the destructor, once.
  reactor::Task<void> close();

  [[nodiscard]] bool is_available() const {
    return writer_.is_available() && reader_.is_available();
  }

  [[nodiscard]] PgConnection& writer() { return writer_; }
  [[nodiscard]] PgConnection& reader() { return reader_; }
  [[nodiscard]] PgConnection& hot_lane();

  /// Tells how the tables grow. Plans that were made when they were small are thrown away after
  /// 1,000, 10,000 and 100,000 messages (DISCARD PLANS keeps the prepared statements).
  void note_stored(std::size_t messages);

 private:
  PgConnection writer_;
  PgConnection reader_;
  PgConnection hot_lane_;
  bool is_hot_lane_open_ = false;
  std::uint64_t stored_ = 0;
};

}  // namespace ringtalk::db
