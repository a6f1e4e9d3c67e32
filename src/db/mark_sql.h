// The statements of PgMarkStore. They touch members alone and need no lock of the conversation:
// marks only rise, and rows are taken in key order.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::mark_sql {

/// A crash of the database may take the last marks back; in exchange nobody waits for the disk.
/// For this transaction alone.
inline constexpr Statement kWithoutWaiting{"mark_without_waiting",
                                           "SELECT set_config('synchronous_commit', 'off', true)"};

/// $1 conversations, $2 users. In a statement of its own, in key order: batches of two shards or
/// instances that cross do not deadlock, and the next statement sees what was written before.
inline constexpr Statement kLock{"mark_lock", R"(
SELECT count(*)
  FROM (SELECT conversation_id, user_id FROM unnest($1, $2) AS t(conversation_id, user_id)
         ORDER BY conversation_id, user_id) t
 CROSS JOIN LATERAL (
       SELECT user_id FROM members
        WHERE conversation_id = t.conversation_id AND user_id = t.user_id LIMIT 1
          FOR NO KEY UPDATE) m)"};

/// After kLock. Of each request: $1 conversation, $2 user, $3 delivered, $4 read; 0 raises nothing;
/// $5 to $6 its runs of own messages in $7 firsts, $8 lasts. A row for each member: place from 1,
/// the marks as they are now, whether they have changed. Rows that would not change are not
/// written.
inline constexpr Statement kRaise{"mark_raise", R"(
WITH goal AS MATERIALIZED (
  SELECT t.place, t.conversation_id, t.user_id, m.delivered_seq AS old_delivered,
         m.read_seq AS old_read, greatest(b.delivered, r.last) AS delivered,
         greatest(m.read_seq, least(t.read, c.last_seq)) AS read, e.number
    FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY
         AS t(conversation_id, user_id, delivered, read, runs_begin, runs_end, place)
   CROSS JOIN LATERAL (
         SELECT last_seq FROM conversations WHERE id = t.conversation_id LIMIT 1) c
   CROSS JOIN LATERAL (
         SELECT delivered_seq, read_seq FROM members
          WHERE conversation_id = t.conversation_id AND user_id = t.user_id LIMIT 1) m
   CROSS JOIN LATERAL (
         SELECT greatest(m.delivered_seq, least(t.delivered, c.last_seq)) AS delivered) b
   CROSS JOIN LATERAL (
         SELECT max(($8)[i]) AS last FROM generate_series(t.runs_begin, t.runs_end) AS i
          WHERE ($7)[i] <= b.delivered + 1) r
    LEFT JOIN LATERAL (
         SELECT number FROM events
          WHERE conversation_id = t.conversation_id AND seq = least(t.read, c.last_seq)
          LIMIT 1) e ON true),
raised AS (
  UPDATE members m
     SET delivered_seq = g.delivered, read_seq = g.read,
         read_number = greatest(m.read_number, g.number)
    FROM goal g
   WHERE m.conversation_id = g.conversation_id AND m.user_id = g.user_id
     AND (g.delivered > g.old_delivered OR g.read > g.old_read))
SELECT place::int4, delivered, read,
       delivered > old_delivered OR read > old_read AS is_changed
  FROM goal)"};

}  // namespace ringtalk::db::mark_sql
