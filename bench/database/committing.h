// Committing: one connection's loop of the database path: makes a batch, commits it by the real
// PgMessageStore, notes how long that took, and begins again until the end of the run. Nothing
// stands between the batches: what is measured is PostgreSQL and src/db. Owned by database_path,
// used on its reactor's thread; the pool outlives it.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "db/pg_message_store.h"
#include "db/pool.h"
#include "reactor/clock.h"
#include "reactor/pinned.h"

namespace ringtalk::bench {

struct Plan {
  int connections = 1;
  int batch = 64;
  std::int64_t conversations = 10'000;  // ids 1.., members 2·id and 2·id + 1
  int body_bytes = 100;
  double warm_up_seconds = 1;  // not counted
  double seconds = 5;
};

/// What was counted in the span that counts.
struct Tally {
  std::uint64_t messages = 0;
  std::vector<std::int64_t> batch_microseconds;
};

struct Span {
  reactor::TimePoint from;
  reactor::TimePoint to;
};

class Committing : reactor::Pinned {
 public:
  Committing(db::Pool& pool, const Plan& plan, std::uint64_t seed)
      : store_(pool),
        plan_(plan),
        random_(seed),
        body_(static_cast<std::size_t>(plan.body_bytes), 'x') {}

  /// Until the end of `counted`; an error when a batch failed, or a draft was not stored.
  db::Answer<void> run(Span counted);

  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  std::vector<db::Draft> next_batch();
  void note(Span counted, reactor::TimePoint sent_at);

  db::PgMessageStore store_;
  const Plan& plan_;
  std::mt19937_64 random_;
  std::string body_;
  Tally tally_;
};

}  // namespace ringtalk::bench
