#include "app/auth/password_hasher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace ringtalk::app::auth {
namespace {

constexpr PasswordCost kCheap{.memory_bytes = 8 * 1024, .passes = 1};

TEST(PasswordHasher, knows_a_password_by_its_hash) {
  const PasswordHasher hasher(kCheap);
  const std::string hash = hasher.hash("correct horse").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << hash;
  EXPECT_TRUE(hasher.verify("correct horse", hash));
  EXPECT_FALSE(hasher.verify("correct horsf", hash));
  EXPECT_FALSE(hasher.verify("", hash));
}

TEST(PasswordHasher, salts_every_hash) {
  const PasswordHasher hasher(kCheap);
  EXPECT_NE(hasher.hash("same"), hasher.hash("same"));
}

TEST(PasswordHasher, takes_every_byte_of_a_password) {
  const PasswordHasher hasher(kCheap);
  const std::string longest(512, 'x');  // 128 code points of 4 bytes
  const std::string hash = hasher.hash(longest).value();
  EXPECT_TRUE(hasher.verify(longest, hash));
  EXPECT_FALSE(hasher.verify(longest.substr(1), hash));
  EXPECT_FALSE(hasher.verify(std::string(511, 'x') + 'y', hash));
}

TEST(PasswordHasher, verifies_hashes_of_another_cost_and_asks_for_new_ones) {
  const PasswordHasher before(kCheap);
  const PasswordHasher after({.memory_bytes = 16 * 1024, .passes = 2});
  const std::string old_hash = before.hash("pass word").value();
  EXPECT_TRUE(after.verify("pass word", old_hash));
  EXPECT_TRUE(after.needs_rehash(old_hash));
  EXPECT_FALSE(before.needs_rehash(old_hash));
  EXPECT_FALSE(after.needs_rehash(after.hash("pass word").value()));
}

TEST(PasswordHasher, takes_text_that_is_no_hash_for_a_mismatch) {
  const PasswordHasher hasher(kCheap);
  for (const char* text : {"", "x", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"}) {
    EXPECT_FALSE(hasher.verify("password", text));
    EXPECT_TRUE(hasher.needs_rehash(text));
  }
}

std::chrono::nanoseconds fastest(const auto& action) {
  auto best = std::chrono::nanoseconds::max();
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    action();
    best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begin);
  }
  return best;
}

// The fastest of five runs each, so that another load on the machine is not measured.
TEST(PasswordHasher, takes_as_long_for_nobody_as_for_somebody) {
  const PasswordHasher hasher({.memory_bytes = 4 * 1024 * 1024, .passes = 2});
  const std::string hash = hasher.hash("correct horse").value();
  const auto somebody = fastest([&] { hasher.verify("wrong horse", hash); });
  const auto nobody = fastest([&] { hasher.verify_nobody("wrong horse"); });
  EXPECT_LT(nobody, somebody * 2);
  EXPECT_LT(somebody, nobody * 2);
}

}  // namespace
}  // namespace ringtalk::app::auth
