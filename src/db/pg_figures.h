// PgFigures: what a connection has done and does, for /metrics. A value; read on the reactor's
// thread, summed over connections and shards by whoever scrapes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "reactor/clock.h"

namespace ringtalk::db {

/// Counters since the start, but for the first three.
struct PgFigures {
  bool is_available = false;
  std::size_t in_flight = 0;  // segments sent and not answered, late ones and our own included
  std::size_t waiting = 0;    // segments that wait for the first connection
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;  // of those answered: with an error
  std::uint64_t timed_out = 0;
  std::uint64_t connects = 0;
  std::uint64_t connect_failures = 0;
  std::uint64_t losses = 0;  // a connection that was up and broke
  reactor::Duration time_in_flight{};
  /// Segments that were answered in less than 2^i microseconds and not in less than half of it.
  static constexpr std::size_t kLatencyBuckets = 25;
  std::array<std::uint64_t, kLatencyBuckets> latency{};

  /// A segment was answered.
  void record(reactor::Duration took, bool has_failed);
};

}  // namespace ringtalk::db
