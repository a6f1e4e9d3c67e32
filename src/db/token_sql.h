// The statements of TokenStore. Whatever changes a family takes its lock first, in a statement of
// its own, so that the next statement sees every token of it, a successor made meanwhile included.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::token_sql {

inline constexpr Statement kIssue{"token_issue", R"(
INSERT INTO refresh_tokens (family_id, user_id, token_hash, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5))"};

inline constexpr Statement kLockFamily{"token_lock_family", R"(
SELECT pg_advisory_xact_lock(family_id)::text FROM refresh_tokens WHERE token_hash = $1)"};

inline constexpr Statement kRotate{"token_rotate", R"(
WITH old AS MATERIALIZED (
  SELECT family_id, user_id,
         CASE WHEN used_at IS NOT NULL OR voided_at IS NOT NULL THEN 'reused'
              WHEN expires_at <= $3 THEN 'expired'
              ELSE 'rotated' END AS outcome
    FROM refresh_tokens WHERE token_hash = $1),
used AS (
  UPDATE refresh_tokens t SET used_at = $3
    FROM old WHERE t.token_hash = $1 AND old.outcome = 'rotated'),
issued AS (
  INSERT INTO refresh_tokens (family_id, user_id, token_hash, created_at, expires_at)
  SELECT family_id, user_id, $2, $3, $4 FROM old WHERE outcome = 'rotated'),
voided AS (
  UPDATE refresh_tokens t SET voided_at = date_trunc('milliseconds', clock_timestamp())
    FROM old
   WHERE t.family_id = old.family_id AND t.voided_at IS NULL AND old.outcome = 'reused')
SELECT outcome, family_id, user_id FROM old)"};

inline constexpr Statement kVoidFamily{"token_void_family", R"(
WITH old AS MATERIALIZED (SELECT family_id FROM refresh_tokens WHERE token_hash = $1),
voided AS (
  UPDATE refresh_tokens t SET voided_at = date_trunc('milliseconds', clock_timestamp())
    FROM old WHERE t.family_id = old.family_id AND t.voided_at IS NULL)
SELECT family_id FROM old)"};

inline constexpr Statement kRecentlyVoided{"token_recently_voided", R"(
SELECT DISTINCT family_id FROM refresh_tokens WHERE voided_at >= $1 ORDER BY family_id)"};

inline constexpr Statement kPruneExpired{"token_prune_expired", R"(
DELETE FROM refresh_tokens WHERE token_hash = ANY (ARRAY(
  SELECT token_hash FROM refresh_tokens WHERE expires_at < $1
   ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)))"};

}  // namespace ringtalk::db::token_sql
