#include "db/pg_last_seen_store.h"

#include <utility>

#include "db/last_seen_sql.h"
#include "db/mark_sql.h"

namespace ringtalk::db {

Answer<std::vector<LastSeen>> PgLastSeenStore::last_seen_of(std::vector<std::int64_t> user_ids) {
  const auto results = co_await pool_.reader().run(
      Segment(last_seen_sql::kFind, PgParameters().int8_array(user_ids)));
  if (!results) co_return std::unexpected(results.error());
  const PgResult& found = results->front();
  std::vector<LastSeen> seen;
  seen.reserve(static_cast<std::size_t>(found.rows()));
  for (int row = 0; row < found.rows(); ++row) {
    seen.push_back({.user_id = found.int8({row, 0}), .seen_at_ms = found.unix_ms({row, 1})});
  }
  co_return seen;
}

Answer<void> PgLastSeenStore::raise_last_seen(std::vector<LastSeen> seen) {
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> times;
  for (const LastSeen& one : seen) {
    users.push_back(one.user_id);
    times.push_back(one.seen_at_ms);
  }
  PgParameters keys;
  keys.int8_array(users);
  PgParameters values = keys;
  values.int8_array(times);
  Segment segment;
  segment.add(mark_sql::kWithoutWaiting);
  segment.add(last_seen_sql::kLock, std::move(keys));
  segment.add(last_seen_sql::kRaise, std::move(values));
  const auto results = co_await pool_.writer().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());
  co_return reactor::Result<void>();
}

}  // namespace ringtalk::db
