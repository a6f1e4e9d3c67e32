// TokenStore: refresh tokens, by their hash. A login starts a family; each use of a token makes it
// void and puts a successor of the same family in its place. Owned by a shard, used on its thread.
//
// There is no grace for a token that was used already: of two rotations of one token exactly one
// wins, the other is a reuse and voids the family (docs: a thief and an impatient client look the
// same, and the contract promises that a used token is void). Clients keep one refresh in flight.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "db/answer.h"
#include "db/pool.h"
#include "db/rows.h"

namespace ringtalk::db {

struct NewToken {
  std::int64_t family_id = 0;
  std::int64_t user_id = 0;
  TokenHash token_hash{};
  std::int64_t created_at_ms = 0;
  std::int64_t expires_at_ms = 0;
};

struct Rotation {
  TokenHash old_hash{};
  TokenHash new_hash{};
  std::int64_t now_ms = 0;
  std::int64_t new_expires_at_ms = 0;
};

struct RotationResult {
  enum class Outcome : std::uint8_t {
    kRotated,
    kUnknown,  // no such token, or pruned long after its end
    kExpired,
    kReused,  // used before, or of a void family: the whole family is void now
  };
  Outcome outcome = Outcome::kUnknown;
  std::int64_t family_id = 0;  // but with kUnknown
  std::int64_t user_id = 0;    // but with kUnknown
};

class TokenStore {
 public:
  explicit TokenStore(Pool& pool) : pool_(pool) {}

  Answer<void> issue(NewToken token);
  Answer<RotationResult> rotate(Rotation rotation);
  /// Logout. The family, also when it was void before; nothing when the token is unknown.
  Answer<std::optional<std::int64_t>> void_family_of(TokenHash token_hash);
  /// Families that became void at or after `since_ms` by the database's clock. Who polls lets his
  /// spans overlap by a few seconds: a voiding is seen only after its commit.
  Answer<std::vector<std::int64_t>> recently_voided(std::int64_t since_ms);
  /// Removes at most `rows_max` tokens that expired before `now_ms`; how many it removed.
  Answer<std::int64_t> prune_expired(std::int64_t now_ms, std::int64_t rows_max);

 private:
  Pool& pool_;
};

}  // namespace ringtalk::db
