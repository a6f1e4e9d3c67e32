#include "memory_last_seen_store.h"

#include <algorithm>
#include <chrono>

namespace ringtalk::app::chat::testing {
namespace {

constexpr std::chrono::milliseconds kLatency{1};

auto away() {
  return reactor::fail(reactor::ErrorKind::kUnavailable, "the database is away");
}

}  // namespace

db::Answer<std::vector<db::LastSeen>> MemoryLastSeenStore::last_seen_of(
    std::vector<std::int64_t> user_ids) {
  co_await reactor_.sleep_for(kLatency);
  if (is_away) co_return away();
  std::vector<db::LastSeen> found;
  for (const std::int64_t user : user_ids) {
    if (seen.contains(user)) found.push_back({.user_id = user, .seen_at_ms = seen[user]});
  }
  co_return found;
}

db::Answer<void> MemoryLastSeenStore::raise_last_seen(std::vector<db::LastSeen> raised) {
  batch_sizes.push_back(raised.size());
  co_await reactor_.sleep_for(kLatency);
  if (is_away) co_return away();
  for (const db::LastSeen& one : raised) {
    seen[one.user_id] = std::max(seen[one.user_id], one.seen_at_ms);
  }
  co_return reactor::Result<void>();
}

}  // namespace ringtalk::app::chat::testing
