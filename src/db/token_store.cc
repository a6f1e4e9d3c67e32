#include "db/token_store.h"

#include <string_view>
#include <utility>

#include "db/token_sql.h"

namespace ringtalk::db {
namespace {

RotationResult::Outcome outcome_of(std::string_view word) {
  using enum RotationResult::Outcome;
  if (word == "rotated") return kRotated;
  if (word == "expired") return kExpired;
  return kReused;
}

}  // namespace

Answer<void> TokenStore::issue(NewToken token) {
  PgParameters values;
  values.int8(token.family_id).int8(token.user_id).bytea(token.token_hash);
  values.time(token.created_at_ms).time(token.expires_at_ms);
  const auto results = co_await pool_.writer().run(Segment(token_sql::kIssue, std::move(values)));
  if (!results) co_return std::unexpected(results.error());
  co_return reactor::Result<>{};
}

Answer<RotationResult> TokenStore::rotate(Rotation rotation) {
  PgParameters values;
  values.bytea(rotation.old_hash).bytea(rotation.new_hash);
  values.time(rotation.now_ms).time(rotation.new_expires_at_ms);
  Segment segment;
  segment.add(token_sql::kLockFamily, PgParameters().bytea(rotation.old_hash));
  segment.add(token_sql::kRotate, std::move(values));
  const auto results = co_await pool_.writer().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());
  const PgResult& rotated = results->back();
  if (rotated.empty()) co_return RotationResult{};
  co_return RotationResult{.outcome = outcome_of(rotated.text({0, 0})),
                           .family_id = rotated.int8({0, 1}),
                           .user_id = rotated.int8({0, 2})};
}

Answer<std::optional<std::int64_t>> TokenStore::void_family_of(TokenHash token_hash) {
  Segment segment;
  segment.add(token_sql::kLockFamily, PgParameters().bytea(token_hash));
  segment.add(token_sql::kVoidFamily, PgParameters().bytea(token_hash));
  const auto results = co_await pool_.writer().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());
  if (results->back().empty()) co_return std::nullopt;
  co_return results->back().int8({0, 0});
}

Answer<std::vector<std::int64_t>> TokenStore::recently_voided(std::int64_t since_ms) {
  const auto results = co_await pool_.reader().run(
      Segment(token_sql::kRecentlyVoided, PgParameters().time(since_ms)));
  if (!results) co_return std::unexpected(results.error());
  std::vector<std::int64_t> families;
  const PgResult& rows = results->front();
  for (int row = 0; row < rows.rows(); ++row) families.push_back(rows.int8({row, 0}));
  co_return families;
}

Answer<std::int64_t> TokenStore::prune_expired(std::int64_t now_ms, std::int64_t rows_max) {
  const auto results = co_await pool_.writer().run(
      Segment(token_sql::kPruneExpired, PgParameters().time(now_ms).int8(rows_max)));
  if (!results) co_return std::unexpected(results.error());
  co_return results->front().affected_rows();
}

}  // namespace ringtalk::db
