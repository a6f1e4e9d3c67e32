#include "db/test_user_store.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "db/test_user_sql.h"

namespace ringtalk::db {
namespace {

constexpr std::string_view kUniqueViolation = "23505";

PgParameters columns_of(const std::vector<NewTestUser>& users) {
  std::vector<std::int64_t> ids, families;
  std::vector<std::string_view> names, addresses, hashes;
  std::vector<std::string> hash_texts;
  hash_texts.reserve(users.size());  // the views into it stay
  for (const NewTestUser& made : users) {
    ids.push_back(made.user.id);
    families.push_back(made.login.family_id);
    names.push_back(made.user.name);
    addresses.push_back(made.user.email_folded);
    hash_texts.push_back(fmt::format("{:02x}", fmt::join(made.login.token_hash, "")));
    hashes.push_back(hash_texts.back());
  }
  PgParameters values;
  values.int8_array(ids).text_array(names).text_array(addresses);
  values.int8_array(families).text_array(hashes);
  return values;
}

}  // namespace

Answer<CreateTestUsersOutcome> TestUserStore::create(std::vector<NewTestUser> users) {
  if (users.empty()) co_return CreateTestUsersOutcome::kCreated;
  PgParameters values = columns_of(users);
  values.text(users.front().user.password_hash).time(users.front().user.created_at_ms);
  values.time(users.front().login.expires_at_ms);
  const auto results =
      co_await pool_.writer().run(Segment(test_user_sql::kCreate, std::move(values)));
  if (results) co_return CreateTestUsersOutcome::kCreated;
  if (results.error().code == kUniqueViolation) co_return CreateTestUsersOutcome::kTaken;
  co_return std::unexpected(results.error());
}

}  // namespace ringtalk::db
