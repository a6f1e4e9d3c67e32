// SimOptions: what kind of history a seed stands for: how large, how long, and what goes wrong in
// it how often. Each kind of fault is off in many histories, so that what one of them hides another
// shows. Values; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "cache/memory_bus_hub.h"
#include "reactor/clock.h"

namespace ringtalk::sim {

struct DatabaseFaults {
  std::int64_t latency_max_ms = 4;
  double unknown_fate = 0;  // of a write: done or not, the answer is lost
  double deadlock = 0;      // of a write: 40P01, nothing done
  double slow = 0;          // of any answer: up to slow_max
  double failed_read = 0;   // of a read
  double late = 0;          // of a write whose fate is unknown: done long after
  std::int64_t slow_max_ms = 800;
};

/// How often things happen to the whole, as weights against each other; 0: never.
struct ChaosWeights {
  int crash = 0;
  int restart = 0;  // in the orderly way
  int database_away = 0;
  int lock = 0;      // somebody keeps the row of a conversation
  int bus_away = 0;  // of one instance
  int stall = 0;     // of one thread
};

struct SimOptions {
  std::uint64_t seed = 0;
  std::size_t instances = 1;
  std::size_t shards = 1;  // of each instance
  std::size_t users = 3;
  std::size_t devices_max = 2;      // of a user
  std::size_t groups = 2;           // from the beginning
  std::int64_t old_events_max = 0;  // in the log of each at the beginning
  std::int64_t content_max = 40;
  bool has_bus = false;
  std::size_t mailbox_letters_max = 65'536;
  std::size_t unsent_bytes_max = 1024 * 1024;
  reactor::Duration heartbeat = std::chrono::seconds(5);
  reactor::Duration lively = std::chrono::seconds(8);  // while people talk and things break
  reactor::Duration calm = std::chrono::seconds(40);   // in which all must come right
  std::int64_t pause_max_ms = 300;                     // between two acts of a device
  bool has_slow_readers = false;
  bool has_cuts = false;
  bool changes_members = false;
  bool has_unkeyed_sends = true;
  reactor::Duration chaos_pause_max = std::chrono::seconds(2);
  DatabaseFaults database;
  ChaosWeights chaos;
  cache::MemoryBusChances bus;

  /// A killed server takes marks with it that it has not written; one that stops in the orderly way
  /// does when the database fails it just then.
  [[nodiscard]] bool loses_no_marks() const {
    return chaos.crash == 0 && (chaos.restart == 0 || has_sound_database());
  }
  [[nodiscard]] bool has_sound_database() const {
    return chaos.database_away == 0 && database.unknown_fate == 0 && database.deadlock == 0;
  }
};

[[nodiscard]] SimOptions options_of(std::uint64_t seed);

}  // namespace ringtalk::sim
