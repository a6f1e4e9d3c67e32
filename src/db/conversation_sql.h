// The statements of ConversationStore that make and show conversations. Constants; any thread.
// Columns are read by position, in conversation_rows.cc. LATERAL … LIMIT 1 leaves the planner no
// choice but the index, also on tables that were empty when it planned.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::conversation_sql {

/// Those of $1 who do not exist; before a creation in its segment.
inline constexpr Statement kUnknownUsers{"conversation_unknown_users", R"(
SELECT t.id
  FROM unnest($1) AS t(id)
  LEFT JOIN LATERAL (SELECT true AS is_known FROM users WHERE id = t.id LIMIT 1) u ON true
 WHERE u.is_known IS NULL
 ORDER BY t.id)"};

/// $1 id, $2 name, $3 creator, $4 time, $5 all members, each once. Nothing happens when somebody
/// does not exist or the id is taken.
inline constexpr Statement kCreateGroup{"conversation_create_group", R"(
WITH people AS MATERIALIZED (
  SELECT u.id
    FROM unnest($5) AS t(id)
   CROSS JOIN LATERAL (SELECT id FROM users WHERE id = t.id LIMIT 1) u),
made AS (
  INSERT INTO conversations (id, is_group, name, creator_id, created_at)
  SELECT $1, true, $2, $3, $4 WHERE (SELECT count(*) FROM people) = cardinality($5)
  ON CONFLICT (id) DO NOTHING
  RETURNING id)
INSERT INTO members (conversation_id, user_id) SELECT made.id, people.id FROM made, people)"};

/// $1 id, $2 $3 the pair in order. Waits for whoever is making the same pair's conversation.
inline constexpr Statement kClaimPair{"conversation_claim_pair", R"(
INSERT INTO direct_conversations (user_low, user_high, conversation_id)
SELECT $2, $3, $1
 WHERE EXISTS (SELECT FROM users WHERE id = $2) AND EXISTS (SELECT FROM users WHERE id = $3)
ON CONFLICT DO NOTHING)"};

/// After kClaimPair: $1 id, $2 $3 the pair, $4 creator, $5 time. Makes the conversation when the
/// pair is ours. A taken id is an error (23505), so that the claim goes with it.
inline constexpr Statement kCreateDirect{"conversation_create_direct", R"(
WITH made AS (
  INSERT INTO conversations (id, is_group, creator_id, created_at)
  SELECT $1, false, $4, $5
    FROM direct_conversations
   WHERE user_low = $2 AND user_high = $3 AND conversation_id = $1
  RETURNING id)
INSERT INTO members (conversation_id, user_id)
SELECT made.id, pair.id FROM made, (VALUES ($2), ($3)) AS pair(id))"};

inline constexpr Statement kFindDirect{"conversation_find_direct", R"(
SELECT conversation_id FROM direct_conversations WHERE user_low = $1 AND user_high = $2)"};

/// The columns of kFind and kList are read by conversation_at(), in this order.
inline constexpr Statement kFind{"conversation_find", R"(
SELECT c.id, c.is_group, c.name, c.creator_id, c.created_at, c.last_seq,
       c.last_number - m.read_number AS unread_count, m.delivered_seq, m.read_seq, m.joined_seq,
       greatest(c.last_at, c.created_at) AS activity_at,
       e.seq, e.number, e.sender_id, e.created_at, e.client_id, e.body
  FROM members m
  JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN LATERAL (
       SELECT seq, number, sender_id, created_at, client_id, body
         FROM events WHERE conversation_id = c.id AND seq = c.last_message_seq LIMIT 1) e ON true
 WHERE m.conversation_id = $1 AND m.user_id = $2)"};

/// $1 user, $2 limit, $3 $4 activity and id of the last row of the page before, or nulls.
inline constexpr Statement kList{"conversation_list", R"(
WITH page AS MATERIALIZED (
  SELECT c.*, m.read_number, m.delivered_seq, m.read_seq, m.joined_seq
    FROM members m
   CROSS JOIN LATERAL (
         SELECT *, greatest(last_at, created_at) AS activity_at
           FROM conversations WHERE id = m.conversation_id LIMIT 1) c
   WHERE m.user_id = $1 AND ($3 IS NULL OR (c.activity_at, c.id) < ($3, $4))
   ORDER BY c.activity_at DESC, c.id DESC
   LIMIT $2)
SELECT c.id, c.is_group, c.name, c.creator_id, c.created_at, c.last_seq,
       c.last_number - c.read_number AS unread_count, c.delivered_seq, c.read_seq, c.joined_seq,
       c.activity_at,
       e.seq, e.number, e.sender_id, e.created_at, e.client_id, e.body
  FROM page c
  LEFT JOIN LATERAL (
       SELECT seq, number, sender_id, created_at, client_id, body
         FROM events WHERE conversation_id = c.id AND seq = c.last_message_seq LIMIT 1) e ON true
 ORDER BY c.activity_at DESC, c.id DESC)"};

/// The members of each of $1 with their marks; by conversation, then user.
inline constexpr Statement kMembers{"conversation_members", R"(
SELECT t.id, m.user_id, m.joined_seq, m.delivered_seq, m.read_seq
  FROM unnest($1) AS t(id)
 CROSS JOIN LATERAL (
       SELECT user_id, joined_seq, delivered_seq, read_seq
         FROM members WHERE conversation_id = t.id ORDER BY user_id LIMIT 1000) m
 ORDER BY t.id, m.user_id)"};

inline constexpr Statement kIsMember{"conversation_is_member", R"(
SELECT EXISTS (SELECT FROM members WHERE conversation_id = $1 AND user_id = $2))"};

/// $1 user, $2 limit.
inline constexpr Statement kHeads{"conversation_heads", R"(
SELECT c.id, c.last_seq, m.delivered_seq, m.read_seq
  FROM members m
 CROSS JOIN LATERAL (
       SELECT id, last_seq, greatest(last_at, created_at) AS activity_at
         FROM conversations WHERE id = m.conversation_id LIMIT 1) c
 WHERE m.user_id = $1
 ORDER BY c.activity_at DESC, c.id DESC
 LIMIT $2)"};

inline constexpr Statement kHeadsOf{"conversation_heads_of", R"(
SELECT c.id, c.last_seq, m.delivered_seq, m.read_seq
  FROM unnest($1) AS t(id)
 CROSS JOIN LATERAL (
       SELECT delivered_seq, read_seq
         FROM members WHERE conversation_id = t.id AND user_id = $2 LIMIT 1) m
 CROSS JOIN LATERAL (SELECT id, last_seq FROM conversations WHERE id = t.id LIMIT 1) c
 ORDER BY c.id)"};

inline constexpr Statement kLastSeqs{"conversation_last_seqs", R"(
SELECT c.id, c.last_seq
  FROM unnest($1) AS t(id)
 CROSS JOIN LATERAL (SELECT id, last_seq FROM conversations WHERE id = t.id LIMIT 1) c
 ORDER BY c.id)"};

/// $1 users: how many conversations each of them has, and their ids by exclusive or.
inline constexpr Statement kMembershipSums{"conversation_membership_sums", R"(
SELECT t.user_id, count(m.conversation_id), bit_xor(m.conversation_id)
  FROM unnest($1) AS t(user_id)
  JOIN members m ON m.user_id = t.user_id
 GROUP BY t.user_id)"};

/// $1 $2 $3 time, conversation and user of the row before, $4 limit. A row of nulls behind the
/// clock when there is none.
inline constexpr Statement kRecentDepartures{"conversation_recent_departures", R"(
SELECT date_trunc('milliseconds', clock.now), d.left_at, d.conversation_id, d.user_id
  FROM (SELECT clock_timestamp() AS now) clock
  LEFT JOIN LATERAL (
       SELECT left_at, conversation_id, user_id FROM departures
        WHERE (left_at, conversation_id, user_id) > ($1, $2, $3)
        ORDER BY left_at, conversation_id, user_id
        LIMIT $4) d ON true
 ORDER BY d.left_at, d.conversation_id, d.user_id)"};

}  // namespace ringtalk::db::conversation_sql
