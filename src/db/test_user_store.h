// TestUserStore: many accounts at once, each logged in: what load generators and test suites begin
// with, behind --test-endpoints. Owned by a shard's Api, used on its thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/answer.h"
#include "db/pool.h"
#include "db/token_store.h"
#include "db/user_store.h"

namespace ringtalk::db {

struct NewTestUser {
  NewUser user;
  NewToken login;
};

enum class CreateTestUsersOutcome : std::uint8_t {
  kCreated,
  kTaken,  // of an id or an address; nothing was stored: try again with others
};

class TestUserStore {
 public:
  explicit TestUserStore(Pool& pool) : pool_(pool) {}

  /// All of them in one statement, or none.
  Answer<CreateTestUsersOutcome> create(std::vector<NewTestUser> users);

 private:
  Pool& pool_;
};

}  // namespace ringtalk::db
