#include "db/token_store.h"

#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using enum RotationResult::Outcome;

constexpr std::int64_t kNow = kSomeTime;
constexpr std::int64_t kLater = kNow + 1'000'000;

TokenHash hash_of(std::uint8_t number) {
  TokenHash hash{};
  hash[0] = number;
  return hash;
}

class TokenStoreTest : public StoreTest {
 protected:
  TokenStoreTest() { add_users(2); }

  void issue(std::uint8_t number, std::int64_t family, std::int64_t expires = kLater) {
    get(tokens.issue({.family_id = family,
                      .user_id = 1,
                      .token_hash = hash_of(number),
                      .created_at_ms = kNow,
                      .expires_at_ms = expires}));
  }
  static Rotation rotation(std::uint8_t from, std::uint8_t to) {
    return {.old_hash = hash_of(from),
            .new_hash = hash_of(to),
            .now_ms = kNow,
            .new_expires_at_ms = kLater};
  }
  RotationResult::Outcome rotate(std::uint8_t from, std::uint8_t to) {
    return get(tokens.rotate(rotation(from, to))).outcome;
  }

  TokenStore tokens{pool};
};

TEST_F(TokenStoreTest, rotates_a_token_into_a_successor_of_its_family) {
  issue(1, 50);
  const RotationResult result = get(tokens.rotate(rotation(1, 2)));
  EXPECT_EQ(result.outcome, kRotated);
  EXPECT_EQ(result.family_id, 50);
  EXPECT_EQ(result.user_id, 1);
  EXPECT_EQ(rotate(2, 3), kRotated);
}

TEST_F(TokenStoreTest, does_not_know_a_token_that_was_never_issued) {
  EXPECT_EQ(rotate(9, 10), kUnknown);
  EXPECT_EQ(get(tokens.void_family_of(hash_of(9))), std::nullopt);
}

TEST_F(TokenStoreTest, expires_at_its_time_and_not_before) {
  issue(1, 50, kNow);
  issue(2, 51, kNow + 1);
  EXPECT_EQ(rotate(1, 11), kExpired);
  EXPECT_EQ(rotate(2, 12), kRotated);
  EXPECT_EQ(rotate(11, 13), kUnknown);
}

TEST_F(TokenStoreTest, a_reuse_voids_the_family_and_no_other) {
  issue(1, 50);
  issue(5, 60);
  ASSERT_EQ(rotate(1, 2), kRotated);
  const RotationResult reuse = get(tokens.rotate(rotation(1, 3)));
  EXPECT_EQ(reuse.outcome, kReused);
  EXPECT_EQ(reuse.family_id, 50);
  EXPECT_EQ(rotate(2, 4), kReused);
  EXPECT_EQ(rotate(3, 4), kUnknown);
  EXPECT_EQ(rotate(5, 6), kRotated);
}

TEST_F(TokenStoreTest, logout_voids_the_family_of_any_of_its_tokens) {
  issue(1, 50);
  ASSERT_EQ(rotate(1, 2), kRotated);
  EXPECT_EQ(get(tokens.void_family_of(hash_of(1))), 50);
  EXPECT_EQ(get(tokens.void_family_of(hash_of(2))), 50);
  EXPECT_EQ(rotate(2, 3), kReused);
}

TEST_F(TokenStoreTest, tells_which_families_became_void_lately) {
  issue(1, 50);
  issue(2, 60);
  const std::int64_t before = reactor->unix_milliseconds();
  get(tokens.void_family_of(hash_of(1)));
  EXPECT_EQ(get(tokens.recently_voided(before - 1'000)), std::vector<std::int64_t>{50});
  EXPECT_TRUE(get(tokens.recently_voided(before + 60'000)).empty());
}

TEST_F(TokenStoreTest, of_many_rotations_of_one_token_at_once_exactly_one_wins) {
  Pool other(*reactor, log, options_for(database));
  other.open();
  TokenStore elsewhere(other);
  get(tokens.rotate(rotation(200, 201)));
  get(elsewhere.rotate(rotation(200, 201)));  // both are connected and have prepared

  for (std::uint8_t round = 0; round < 20; ++round) {
    issue(round, 50 + round);
    std::vector<std::optional<reactor::Result<RotationResult>>> outcomes(4);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      Rotation attempt = rotation(round, static_cast<std::uint8_t>(100 + i));
      attempt.new_hash[1] = round + 1;
      begin((i % 2 == 0 ? tokens : elsewhere).rotate(attempt), outcomes[i]);
    }
    int rotated = 0;
    for (auto& outcome : outcomes) {
      turn_until([&] { return outcome.has_value(); });
      rotated += (*outcome)->outcome == kRotated;
    }
    EXPECT_EQ(rotated, 1);
  }
  finish(other.close());
  // The successor that was made beside the reuse is void, too.
  EXPECT_EQ(query("SELECT count(*) FROM refresh_tokens WHERE voided_at IS NULL"),
            std::vector<std::string>{"0"});
}

TEST_F(TokenStoreTest, prunes_what_expired_in_small_batches) {
  for (std::uint8_t i = 1; i <= 5; ++i) issue(i, 50 + i, kNow - 1);
  issue(6, 60, kNow);
  EXPECT_EQ(get(tokens.prune_expired(kNow, 3)), 3);
  EXPECT_EQ(get(tokens.prune_expired(kNow, 3)), 2);
  EXPECT_EQ(get(tokens.prune_expired(kNow, 3)), 0);
}

}  // namespace
}  // namespace ringtalk::db::testing
