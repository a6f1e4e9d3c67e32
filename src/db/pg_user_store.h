// PgUserStore: accounts in PostgreSQL: reads by the pool's reader, changes by its writer. Owned by
// a shard, used on its thread; the pool outlives it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/pool.h"
#include "db/user_store.h"

namespace ringtalk::db {

class PgUserStore final : public UserStore {
 public:
  explicit PgUserStore(Pool& pool) : pool_(pool) {}

  Answer<CreateUserOutcome> create(NewUser user) override;
  Answer<std::optional<UserRow>> find(std::int64_t id) override;
  Answer<std::vector<UserRow>> find_many(std::vector<std::int64_t> ids) override;
  Answer<std::optional<UserRow>> find_by_email(std::string email_folded) override;
  Answer<std::optional<Credentials>> find_credentials(std::string email_folded) override;
  Answer<std::vector<UserRow>> search_by_name(std::string prefix, std::int64_t limit) override;
  Answer<std::optional<UserRow>> rename(std::int64_t id, std::string name) override;
  Answer<bool> set_password_hash(std::int64_t id, std::string password_hash) override;

 private:
  Pool& pool_;
};

}  // namespace ringtalk::db
