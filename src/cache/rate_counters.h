// RateCounters: token buckets that all instances share. A bucket is one point in time, when it will
// be full again (the generic cell rate algorithm), by the clock of Redis; asking moves it, in one
// step on the server. Owned by a shard; its thread. Without an answer the caller counts for itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cache/redis_connection.h"
#include "reactor/clock.h"
#include "reactor/pinned.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::cache {

/// How many requests at once, and how soon the place of one is free again.
struct RateLimit {
  std::int64_t burst = 1;
  std::chrono::microseconds interval{};
};

struct RateCount {
  bool is_allowed = true;
  std::int64_t remaining = 0;                 // of the burst, now
  std::chrono::microseconds until_full{};     // when it is whole again
  std::chrono::microseconds until_allowed{};  // of a request that was refused
};

class RateCounters : reactor::Pinned {
 public:
  explicit RateCounters(RedisConnection& connection) : connection_(connection) {}

  /// Takes one request from the bucket of `key` (see rate_key()). An error: Redis did not count, or
  /// too late to wait for (then it may have counted all the same).
  [[nodiscard]] reactor::Task<reactor::Result<RateCount>> take(std::string key, RateLimit limit);

 private:
  RedisConnection& connection_;
};

}  // namespace ringtalk::cache
