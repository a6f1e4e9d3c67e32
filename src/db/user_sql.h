// The statements of UserStore. Constants; any thread.
// Columns are read by position, in pg_user_store.cc.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::user_sql {

inline constexpr Statement kCreate{"user_create", R"(
INSERT INTO users (id, name, email, email_folded, password_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING)"};

/// After kCreate in its segment: by now whoever was first has committed.
inline constexpr Statement kOwnerOfEmail{"user_owner_of_email",
                                         "SELECT id FROM users WHERE email_folded = $1"};

inline constexpr Statement kFind{
    "user_find", "SELECT id, name, email, created_at, last_seen_at FROM users WHERE id = $1"};

inline constexpr Statement kFindMany{"user_find_many", R"(
SELECT u.id, u.name, u.email, u.created_at, u.last_seen_at
  FROM (SELECT DISTINCT id FROM unnest($1) AS t(id) ORDER BY id) t
 CROSS JOIN LATERAL (
       SELECT id, name, email, created_at, last_seen_at FROM users WHERE id = t.id LIMIT 1) u)"};

inline constexpr Statement kFindByEmail{"user_find_by_email", R"(
SELECT id, name, email, created_at, last_seen_at, password_hash
  FROM users WHERE email_folded = $1)"};

/// A range of the index, since LIKE with a parameter cannot use it: U+10FFFF ends every name that
/// begins with the prefix, and the operators compare by bytes.
inline constexpr Statement kSearchByName{"user_search_by_name", R"(
SELECT id, name, email, created_at, last_seen_at
  FROM users
 WHERE lower(name) ~>=~ lower($1) AND lower(name) ~<~ (lower($1) || chr(1114111))
 ORDER BY lower(name) USING ~<~, id
 LIMIT $2)"};

inline constexpr Statement kRename{"user_rename", R"(
UPDATE users SET name = $2 WHERE id = $1
RETURNING id, name, email, created_at, last_seen_at)"};

inline constexpr Statement kSetPasswordHash{"user_set_password_hash",
                                            "UPDATE users SET password_hash = $2 WHERE id = $1"};

}  // namespace ringtalk::db::user_sql
