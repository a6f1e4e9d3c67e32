// The statements of ConversationStore that change a conversation and its log. Each runs after kLock
// in one segment, so it sees every change before it and nobody changes anything beside it. It gives
// no row when the conversation is not there for $2, else one: the outcome, then the event that it
// appended (nulls unless 'done'), then whom it concerns.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::change_sql {

inline constexpr Statement kLock{"change_lock",
                                 "SELECT id FROM conversations WHERE id = $1 FOR NO KEY UPDATE"};

/// $1 conversation, $2 by, $3 name.
inline constexpr Statement kRename{"change_rename", R"(
WITH verdict AS MATERIALIZED (
  SELECT c.id, c.last_seq + 1 AS seq, c.last_number AS number,
         greatest(c.last_at, date_trunc('milliseconds', clock_timestamp())) AS at,
         CASE WHEN NOT c.is_group THEN 'is_direct'
              WHEN c.name = $3 THEN 'nothing_to_do'
              ELSE 'done' END AS outcome
    FROM conversations c
   WHERE c.id = $1
     AND EXISTS (SELECT FROM members WHERE conversation_id = $1 AND user_id = $2)),
head AS (
  UPDATE conversations c SET name = $3, last_seq = v.seq, last_at = v.at
    FROM verdict v WHERE c.id = v.id AND v.outcome = 'done'),
stored AS (
  INSERT INTO events (conversation_id, seq, number, kind, sender_id, created_at, body)
  SELECT id, seq, number, 3, $2, at,
         '{"name":' || to_json($3)::text || ',"byUserId":"' || $2::text || '"}'
    FROM verdict WHERE outcome = 'done'
  RETURNING seq, number, kind, created_at, body)
SELECT v.outcome, s.*, NULL::bigint[] AS concerned
  FROM verdict v LEFT JOIN stored s ON true)"};

/// $1 conversation, $2 by, $3 users, each once, $4 members at the most.
inline constexpr Statement kAdd{"change_add", R"(
WITH asked AS MATERIALIZED (
  SELECT t.id, u.is_known IS NOT NULL AS is_known, m.is_member IS NOT NULL AS is_member
    FROM unnest($3) AS t(id)
    LEFT JOIN LATERAL (SELECT true AS is_known FROM users WHERE id = t.id LIMIT 1) u ON true
    LEFT JOIN LATERAL (
         SELECT true AS is_member FROM members
          WHERE conversation_id = $1 AND user_id = t.id LIMIT 1) m ON true),
sums AS MATERIALIZED (
  SELECT count(*) FILTER (WHERE NOT is_known) AS unknown,
         count(*) FILTER (WHERE NOT is_member) AS fresh,
         array_agg(id ORDER BY id) FILTER (WHERE NOT is_known) AS unknown_ids,
         array_agg(id ORDER BY id) FILTER (WHERE NOT is_member) AS fresh_ids,
         '"' || string_agg(id::text, '","' ORDER BY id) FILTER (WHERE NOT is_member) || '"'
           AS fresh_json
    FROM asked),
verdict AS MATERIALIZED (
  SELECT c.id, c.last_seq + 1 AS seq, c.last_number AS number,
         greatest(c.last_at, date_trunc('milliseconds', clock_timestamp())) AS at,
         CASE WHEN NOT c.is_group THEN 'is_direct'
              WHEN sums.unknown > 0 THEN 'unknown_members'
              WHEN sums.fresh = 0 THEN 'nothing_to_do'
              WHEN sums.fresh + (SELECT count(*) FROM members WHERE conversation_id = $1) > $4
              THEN 'too_many_members'
              ELSE 'done' END AS outcome
    FROM conversations c, sums
   WHERE c.id = $1
     AND EXISTS (SELECT FROM members WHERE conversation_id = $1 AND user_id = $2)),
head AS (
  UPDATE conversations c SET last_seq = v.seq, last_at = v.at
    FROM verdict v WHERE c.id = v.id AND v.outcome = 'done'),
joined AS (
  INSERT INTO members (conversation_id, user_id, joined_seq, delivered_seq, read_seq, read_number)
  SELECT v.id, asked.id, v.seq, v.seq, v.seq, v.number
    FROM verdict v, asked WHERE v.outcome = 'done' AND NOT asked.is_member),
stored AS (
  INSERT INTO events (conversation_id, seq, number, kind, sender_id, created_at, body)
  SELECT id, seq, number, 1, $2, at,
         '{"userIds":[' || sums.fresh_json || '],"byUserId":"' || $2::text || '"}'
    FROM verdict, sums WHERE outcome = 'done'
  RETURNING seq, number, kind, created_at, body)
SELECT v.outcome, s.*,
       CASE v.outcome WHEN 'done' THEN sums.fresh_ids
                      WHEN 'unknown_members' THEN sums.unknown_ids END AS concerned
  FROM sums, verdict v LEFT JOIN stored s ON true)"};

/// $1 conversation, $2 by, $3 user.
inline constexpr Statement kRemove{"change_remove", R"(
WITH verdict AS MATERIALIZED (
  SELECT c.id, c.last_seq + 1 AS seq, c.last_number AS number,
         greatest(c.last_at, date_trunc('milliseconds', clock_timestamp())) AS at,
         CASE WHEN NOT c.is_group THEN 'is_direct'
              WHEN NOT EXISTS (SELECT FROM members WHERE conversation_id = $1 AND user_id = $3)
              THEN 'not_found'
              WHEN $3 <> $2 AND c.creator_id <> $2 THEN 'forbidden'
              ELSE 'done' END AS outcome
    FROM conversations c
   WHERE c.id = $1
     AND EXISTS (SELECT FROM members WHERE conversation_id = $1 AND user_id = $2)),
head AS (
  UPDATE conversations c SET last_seq = v.seq, last_at = v.at
    FROM verdict v WHERE c.id = v.id AND v.outcome = 'done'),
gone AS (
  DELETE FROM members m USING verdict v
   WHERE m.conversation_id = v.id AND m.user_id = $3 AND v.outcome = 'done'),
departed AS (
  INSERT INTO departures (conversation_id, user_id, left_at)
  SELECT id, $3, date_trunc('milliseconds', clock_timestamp()) FROM verdict WHERE outcome = 'done'
  ON CONFLICT (conversation_id, user_id) DO UPDATE
     SET left_at = greatest(EXCLUDED.left_at, departures.left_at + interval '1 millisecond')),
stored AS (
  INSERT INTO events (conversation_id, seq, number, kind, sender_id, created_at, body)
  SELECT id, seq, number, 2, $2, at,
         '{"userId":"' || $3::text || '","byUserId":"' || $2::text || '"}'
    FROM verdict WHERE outcome = 'done'
  RETURNING seq, number, kind, created_at, body)
SELECT v.outcome, s.*, CASE v.outcome WHEN 'done' THEN ARRAY[$3] END AS concerned
  FROM verdict v LEFT JOIN stored s ON true)"};

/// After kRemove, which has its own row already, so that of two removals neither waits for what the
/// other prunes. $1 rows at the most. By now(), which an index can look for; clock_timestamp() may
/// differ from row to row.
inline constexpr Statement kPruneDepartures{"change_prune_departures", R"(
WITH old AS MATERIALIZED (
  SELECT conversation_id, user_id FROM departures
   WHERE left_at < now() - interval '1 hour'
   ORDER BY left_at, conversation_id, user_id
   LIMIT $1 FOR UPDATE SKIP LOCKED)
DELETE FROM departures d USING old
 WHERE d.conversation_id = old.conversation_id AND d.user_id = old.user_id)"};

}  // namespace ringtalk::db::change_sql
