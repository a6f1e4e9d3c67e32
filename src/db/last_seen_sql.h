// The statements of PgLastSeenStore. They touch users alone, whose times only rise. Constants; any
// thread.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::last_seen_sql {

inline constexpr Statement kFind{"last_seen_find", R"(
SELECT u.id, u.last_seen_at
  FROM (SELECT DISTINCT id FROM unnest($1) AS t(id) ORDER BY id) t
 CROSS JOIN LATERAL (SELECT id, last_seen_at FROM users WHERE id = t.id LIMIT 1) u
 WHERE u.last_seen_at IS NOT NULL)"};

/// $1 users. In a statement of its own, in the order of ids: instances that raise the same users
/// do not deadlock.
inline constexpr Statement kLock{"last_seen_lock", R"(
SELECT count(*)
  FROM (SELECT id FROM unnest($1) AS t(id) ORDER BY id) t
 CROSS JOIN LATERAL (SELECT id FROM users WHERE id = t.id LIMIT 1 FOR NO KEY UPDATE) u)"};

/// After kLock. $1 users, $2 Unix milliseconds.
inline constexpr Statement kRaise{"last_seen_raise", R"(
UPDATE users u
   SET last_seen_at = t.seen_at
  FROM (SELECT id, to_timestamp(ms / 1000) + (ms % 1000) * interval '1 millisecond' AS seen_at
          FROM unnest($1, $2) AS t(id, ms)) t
 WHERE u.id = t.id AND (u.last_seen_at IS NULL OR u.last_seen_at < t.seen_at))"};

}  // namespace ringtalk::db::last_seen_sql
