// The statement of TestUserStore. A constant; any thread.
// The foreign key of the tokens is checked when the whole statement is over.
#pragma once

#include "db/segment.h"

namespace ringtalk::db::test_user_sql {

inline constexpr Statement kCreate{"test_users_create", R"(
WITH given AS (
  SELECT * FROM unnest($1, $2, $3, $4, $5) AS t(id, name, email, family_id, token_hash)),
made AS (
  INSERT INTO users (id, name, email, email_folded, password_hash, created_at)
  SELECT id, name, email, email, $6, $7 FROM given)
INSERT INTO refresh_tokens (family_id, user_id, token_hash, created_at, expires_at)
SELECT family_id, id, decode(token_hash, 'hex'), $7, $8 FROM given)"};

}  // namespace ringtalk::db::test_user_sql
