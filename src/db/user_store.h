// UserStore: accounts. PgUserStore keeps them in PostgreSQL, simulations in memory. Owned by a
// shard, used on its thread. Addresses are compared by `email_folded`, which the caller makes from
// the address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/answer.h"
#include "db/rows.h"
#include "reactor/pinned.h"

namespace ringtalk::db {

struct NewUser {
  std::int64_t id = 0;
  std::string name;  // 1..64 code points
  std::string email;
  std::string email_folded;
  std::string password_hash;
  std::int64_t created_at_ms = 0;
};

enum class CreateUserOutcome : std::uint8_t {
  kCreated,
  kEmailTaken,
  kIdTaken,  // try again with another id
};

struct Credentials {
  UserRow user;
  std::string password_hash;
};

class UserStore : reactor::Pinned {
 public:
  virtual ~UserStore() = default;

  virtual Answer<CreateUserOutcome> create(NewUser user) = 0;

  virtual Answer<std::optional<UserRow>> find(std::int64_t id) = 0;
  /// Unknown ids are passed over; ascending by id.
  virtual Answer<std::vector<UserRow>> find_many(std::vector<std::int64_t> ids) = 0;
  virtual Answer<std::optional<UserRow>> find_by_email(std::string email_folded) = 0;
  virtual Answer<std::optional<Credentials>> find_credentials(std::string email_folded) = 0;
  /// Users whose name begins with `prefix`, without regard to case; by name, then id. Every
  /// character of the prefix stands for itself.
  virtual Answer<std::vector<UserRow>> search_by_name(std::string prefix, std::int64_t limit) = 0;

  /// The user with the new name; nothing when there is none of that id.
  virtual Answer<std::optional<UserRow>> rename(std::int64_t id, std::string name) = 0;
  /// False when there is no user of that id.
  virtual Answer<bool> set_password_hash(std::int64_t id, std::string password_hash) = 0;
};

}  // namespace ringtalk::db
