// RedisFigures: what a connection to Redis tells /metrics. A value; counts are since the start.
// Read on the reactor's thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringtalk::cache {

struct RedisFigures {
  bool is_available = false;
  std::size_t in_flight = 0;     // commands without an answer, late and our own ones included
  std::size_t bytes_unsent = 0;  // that wait for the socket
  std::uint64_t commands = 0;    // that somebody waited for
  std::uint64_t posts = 0;       // that nobody waits for
  std::uint64_t errors = 0;      // answers that are errors
  std::uint64_t timeouts = 0;    // answers that came too late, or never
  std::uint64_t refused = 0;     // commands and posts: away, given up, or too many
  std::uint64_t posts_lost = 0;  // sent, and the connection broke before the answer
  std::uint64_t connects = 0;
  std::uint64_t connect_failures = 0;
  std::uint64_t losses = 0;  // of a connection that was up
  std::uint64_t breaker_openings = 0;
};

}  // namespace ringtalk::cache
