// The statements of MessageStore: the group commit, and pages of the log. Ranges are dense: seq has
// no holes, so a page is "seq > a AND seq <= a + n", which no plan can get wrong; "seq > a ORDER BY
// seq LIMIT n" took 1.5 s on a hot conversation.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::message_sql {

/// $1 conversations. In a statement of its own, in id order: the next one gets a fresh snapshot. In
/// one statement a concurrent retry leaves a hole for good, and unordered batches deadlock.
inline constexpr Statement kSendLock{"send_lock", R"(
SELECT count(*)
  FROM (SELECT id FROM conversations WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE) l)"};

/// $1 conversations: those whose row another transaction has. What is free is locked for the moment
/// of the statement.
inline constexpr Statement kLockedOf{"send_locked_of", R"(
WITH free AS MATERIALIZED (
  SELECT id FROM conversations WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
SELECT id FROM conversations
 WHERE id = ANY ($1) AND NOT EXISTS (SELECT 1 FROM free WHERE free.id = conversations.id)
 ORDER BY id)"};

/// $1 conversations, each once; of each draft: $2 its place in $1, from 1, $3 client id, $4 sender,
/// $5 body. Array subscripts instead of joins by id: half the time at 1,024 drafts.
inline constexpr Statement kSendBatch{"send_batch", R"(
WITH input AS MATERIALIZED (
  SELECT t.ord, t.g, t.client_id, t.sender_id, t.body, m.ok IS NOT NULL AS is_member,
         x.seq AS old_seq, x.created_at AS old_at,
         (x.sender_id = t.sender_id AND x.body = t.body) AS is_same
    FROM unnest($2, $3, $4, $5) WITH ORDINALITY AS t(g, client_id, sender_id, body, ord)
    LEFT JOIN LATERAL (
         SELECT true AS ok FROM members
          WHERE conversation_id = ($1)[t.g] AND user_id = t.sender_id LIMIT 1) m ON true
    LEFT JOIN LATERAL (
         SELECT seq, created_at, sender_id, body FROM events
          WHERE conversation_id = ($1)[t.g] AND client_id = t.client_id LIMIT 1) x ON true),
fresh AS MATERIALIZED (
  SELECT ord, g, client_id, sender_id, body,
         row_number() OVER (PARTITION BY g ORDER BY ord) AS k, dense_rank() OVER (ORDER BY g) AS d
    FROM input WHERE is_member AND old_seq IS NULL),
counts AS MATERIALIZED (SELECT g, d, max(k) AS n FROM fresh GROUP BY g, d),
heads AS (
  UPDATE conversations v
     SET last_seq = v.last_seq + c.n, last_number = v.last_number + c.n,
         last_message_seq = v.last_seq + c.n,
         last_at = greatest(v.last_at, date_trunc('milliseconds', clock_timestamp()))
    FROM counts c WHERE v.id = ($1)[c.g]
  RETURNING c.d, v.last_seq - c.n AS seq, v.last_number - c.n AS number, v.last_at),
base AS MATERIALIZED (
  SELECT array_agg(seq ORDER BY d) AS seq, array_agg(number ORDER BY d) AS number,
         array_agg(last_at ORDER BY d) AS at
    FROM heads),
stored AS (
  INSERT INTO events (conversation_id, seq, number, kind, sender_id, created_at, client_id, body)
  SELECT ($1)[f.g], b.seq[f.d] + f.k, b.number[f.d] + f.k, 0, f.sender_id, b.at[f.d],
         f.client_id, f.body
    FROM fresh f CROSS JOIN base b)
SELECT f.ord::int4, b.seq[f.d] + f.k AS seq, b.at[f.d] AS created_at, 'stored' AS outcome
  FROM fresh f CROSS JOIN base b
UNION ALL
SELECT ord::int4, old_seq, old_at,
       CASE WHEN NOT is_member THEN 'not_member' WHEN is_same THEN 'duplicate'
            ELSE 'key_reused' END
  FROM input WHERE NOT is_member OR old_seq IS NOT NULL)"};

/// $1 conversation, $2 after, $3 how many. One row at least when the conversation exists: its head,
/// and nulls for the event.
inline constexpr Statement kEvents{"events", R"(
SELECT c.last_seq, c.last_number, e.seq, e.number, e.kind, e.sender_id, e.created_at, e.client_id,
       e.body
  FROM conversations c
  LEFT JOIN LATERAL (
       SELECT seq, number, kind, sender_id, created_at, client_id, body
         FROM events WHERE conversation_id = c.id AND seq > $2 AND seq <= $2 + $3) e ON true
 WHERE c.id = $1
 ORDER BY e.seq)"};

/// $1 conversation, $2 before, or null: from the head, $3 how many. The columns of kEvents.
inline constexpr Statement kEventsBefore{"events_before", R"(
SELECT c.last_seq, c.last_number, e.seq, e.number, e.kind, e.sender_id, e.created_at, e.client_id,
       e.body
  FROM (SELECT id, last_seq, last_number, least($2, last_message_seq + 1) AS before
          FROM conversations WHERE id = $1) c
  LEFT JOIN LATERAL (
       SELECT seq, number, kind, sender_id, created_at, client_id, body
         FROM events WHERE conversation_id = c.id AND seq < c.before AND seq >= c.before - $3
       ) e ON true
 ORDER BY e.seq DESC)"};

/// $1 conversation.
inline constexpr Statement kHead{"events_head", R"(
SELECT last_seq, last_number FROM conversations WHERE id = $1)"};

/// $1 conversation: whom the status of its messages depends on.
inline constexpr Statement kMarks{"events_marks", R"(
SELECT user_id, joined_seq, delivered_seq, read_seq FROM members WHERE conversation_id = $1)"};

/// $1 conversation, $2 time. [low, high) narrows to the first seq that is not earlier.
inline constexpr Statement kFirstSeqSince{"events_first_seq_since", R"(
WITH RECURSIVE search(low, high) AS (
  SELECT 1::bigint, last_seq + 1 FROM conversations WHERE id = $1
  UNION ALL
  SELECT CASE WHEN e.created_at < $2 THEN e.seq + 1 ELSE s.low END,
         CASE WHEN e.created_at < $2 THEN s.high ELSE e.seq END
    FROM search s
   CROSS JOIN LATERAL (
         SELECT seq, created_at FROM events
          WHERE conversation_id = $1 AND seq = (s.low + s.high) / 2 LIMIT 1) e
   WHERE s.low < s.high)
SELECT low FROM search WHERE low = high)"};

}  // namespace ringtalk::db::message_sql
