// The statements of ConversationStore about marks. They touch members alone and need no lock of the
// conversation: marks only rise, and rows are taken in key order.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::mark_sql {

/// A crash of the database may take the last marks back; in exchange nobody waits for the disk.
/// For this transaction alone.
inline constexpr Statement kWithoutWaiting{"mark_without_waiting",
                                           "SELECT set_config('synchronous_commit', 'off', true)"};

/// $1 conversations, $2 users, $3 delivered, $4 read; 0 raises nothing. Rows that would not change
/// are not written.
inline constexpr Statement kRaise{"mark_raise", R"(
WITH asked AS MATERIALIZED (
  SELECT t.conversation_id, t.user_id,
         least(greatest(t.delivered, t.read), c.last_seq) AS delivered,
         least(t.read, c.last_seq) AS read, e.number
    FROM unnest($1, $2, $3, $4) AS t(conversation_id, user_id, delivered, read)
   CROSS JOIN LATERAL (
         SELECT last_seq FROM conversations WHERE id = t.conversation_id LIMIT 1) c
    LEFT JOIN LATERAL (
         SELECT number FROM events
          WHERE conversation_id = t.conversation_id AND seq = least(t.read, c.last_seq)
          LIMIT 1) e ON true
   ORDER BY t.conversation_id, t.user_id)
UPDATE members m
   SET delivered_seq = greatest(m.delivered_seq, a.delivered),
       read_seq = greatest(m.read_seq, a.read),
       read_number = greatest(m.read_number, a.number)
  FROM asked a
 WHERE m.conversation_id = a.conversation_id AND m.user_id = a.user_id
   AND (m.delivered_seq < a.delivered OR m.read_seq < a.read))"};

/// $1 conversations, $2 users: their marks in this order, nulls for who is no member.
inline constexpr Statement kMarksOf{"mark_marks_of", R"(
SELECT m.delivered_seq, m.read_seq
  FROM unnest($1, $2) WITH ORDINALITY AS t(conversation_id, user_id, place)
  LEFT JOIN LATERAL (
       SELECT delivered_seq, read_seq FROM members
        WHERE conversation_id = t.conversation_id AND user_id = t.user_id LIMIT 1) m ON true
 ORDER BY t.place)"};

}  // namespace ringtalk::db::mark_sql
