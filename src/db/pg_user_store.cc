#include "db/pg_user_store.h"

#include <utility>

#include "db/user_sql.h"

namespace ringtalk::db {
namespace {

// Every query of users begins with the same five columns.
UserRow user_at(const PgResult& result, int row) {
  return {.id = result.int8({row, 0}),
          .name = std::string(result.text({row, 1})),
          .email = std::string(result.text({row, 2})),
          .created_at_ms = result.unix_ms({row, 3}),
          .last_seen_at_ms = result.optional_unix_ms({row, 4})};
}

std::optional<UserRow> only_user(const PgResult& result) {
  if (result.empty()) return std::nullopt;
  return user_at(result, 0);
}

std::vector<UserRow> all_users(const PgResult& result) {
  std::vector<UserRow> users;
  users.reserve(static_cast<std::size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) users.push_back(user_at(result, row));
  return users;
}

}  // namespace

Answer<CreateUserOutcome> PgUserStore::create(NewUser user) {
  Segment segment;
  PgParameters values;
  values.int8(user.id).text(user.name).text(user.email).text(user.email_folded);
  values.text(user.password_hash).time(user.created_at_ms);
  segment.add(user_sql::kCreate, std::move(values));
  segment.add(user_sql::kOwnerOfEmail, PgParameters().text(user.email_folded));
  const auto results = co_await pool_.writer().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());
  if ((*results)[0].affected_rows() == 1) co_return CreateUserOutcome::kCreated;
  co_return (*results)[1].empty() ? CreateUserOutcome::kIdTaken : CreateUserOutcome::kEmailTaken;
}

Answer<std::optional<UserRow>> PgUserStore::find(std::int64_t id) {
  const auto results =
      co_await pool_.reader().run(Segment(user_sql::kFind, PgParameters().int8(id)));
  if (!results) co_return std::unexpected(results.error());
  co_return only_user(results->front());
}

Answer<std::vector<UserRow>> PgUserStore::find_many(std::vector<std::int64_t> ids) {
  const auto results =
      co_await pool_.reader().run(Segment(user_sql::kFindMany, PgParameters().int8_array(ids)));
  if (!results) co_return std::unexpected(results.error());
  co_return all_users(results->front());
}

Answer<std::optional<UserRow>> PgUserStore::find_by_email(std::string email_folded) {
  const auto results = co_await pool_.reader().run(
      Segment(user_sql::kFindByEmail, PgParameters().text(email_folded)));
  if (!results) co_return std::unexpected(results.error());
  co_return only_user(results->front());
}

Answer<std::optional<Credentials>> PgUserStore::find_credentials(std::string email_folded) {
  const auto results = co_await pool_.reader().run(
      Segment(user_sql::kFindByEmail, PgParameters().text(email_folded)));
  if (!results) co_return std::unexpected(results.error());
  const PgResult& found = results->front();
  if (found.empty()) co_return std::nullopt;
  co_return Credentials{.user = user_at(found, 0),
                        .password_hash = std::string(found.text({0, 5}))};
}

Answer<std::vector<UserRow>> PgUserStore::search_by_name(std::string prefix, std::int64_t limit) {
  const auto results = co_await pool_.reader().run(
      Segment(user_sql::kSearchByName, PgParameters().text(prefix).int8(limit)));
  if (!results) co_return std::unexpected(results.error());
  co_return all_users(results->front());
}

Answer<std::optional<UserRow>> PgUserStore::rename(std::int64_t id, std::string name) {
  const auto results =
      co_await pool_.writer().run(Segment(user_sql::kRename, PgParameters().int8(id).text(name)));
  if (!results) co_return std::unexpected(results.error());
  co_return only_user(results->front());
}

Answer<bool> PgUserStore::set_password_hash(std::int64_t id, std::string password_hash) {
  const auto results = co_await pool_.writer().run(
      Segment(user_sql::kSetPasswordHash, PgParameters().int8(id).text(password_hash)));
  if (!results) co_return std::unexpected(results.error());
  co_return results->front().affected_rows() == 1;
}

}  // namespace ringtalk::db
