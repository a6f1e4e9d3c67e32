// SimDatabase: one PostgreSQL for all instances of a simulation: tables in memory, and what can go
// wrong on the way to them. Instances ask it through a DatabaseLink each shard. Owned by the world,
// whose reactor carries what happens to a transaction after its client has gone; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "memory_tables.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "seat.h"
#include "sim_options.h"
#include "sim_random.h"
#include "trace.h"

namespace ringtalk::sim {

class SimDatabase : reactor::Pinned {
 public:
  struct Environment {
    Seat& world;
    Trace& trace;
    const DatabaseFaults& faults;
    std::uint64_t seed = 0;
  };
  explicit SimDatabase(const Environment& environment)
      : environment_(environment), draw_(environment.seed) {}

  test_support::MemoryTables tables;

  // Chaos.
  void go_away();
  void come_back() { is_away_ = false; }
  [[nodiscard]] bool is_away() const { return is_away_; }
  /// A transaction of somebody else keeps the row of that conversation until then.
  void lock(std::int64_t conversation_id, reactor::TimePoint until);
  [[nodiscard]] bool is_locked(std::int64_t conversation_id);
  /// Nothing more goes wrong, and answers are quick.
  void heal();

  // For links.
  enum class Fault : std::uint8_t { kNone, kUnknownFate, kDeadlock, kFailed };
  [[nodiscard]] Fault draw_fault(bool is_write);
  [[nodiscard]] reactor::Duration draw_way();     // of a question to here
  [[nodiscard]] reactor::Duration draw_answer();  // and back
  /// Connections that were made before an outage are broken.
  [[nodiscard]] std::uint64_t outages() const { return outages_; }
  /// A write whose client will not hear of it: now, later, or never.
  void leave_to_fate(std::function<void()> transaction);
  [[nodiscard]] Draw& draw() { return draw_; }
  [[nodiscard]] std::int64_t now_ms() { return environment_.world.reactor().unix_milliseconds(); }
  [[nodiscard]] bool has_healed() const { return has_healed_; }

  [[nodiscard]] reactor::TaskScope::JoinAwaiter join() { return scope_.join(); }
  [[nodiscard]] bool is_idle() const { return scope_.running() == 0; }
  [[nodiscard]] std::uint64_t unknown_fates() const { return unknown_fates_; }

 private:
  [[nodiscard]] reactor::Task<void> run_late(std::function<void()> transaction,
                                             reactor::Duration delay);

  const Environment environment_;
  Draw draw_;
  bool is_away_ = false;
  bool has_healed_ = false;
  std::uint64_t outages_ = 0;
  std::uint64_t unknown_fates_ = 0;
  std::map<std::int64_t, reactor::TimePoint> locked_until_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::sim
