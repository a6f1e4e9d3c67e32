#include "app/auth/revoked_logins.h"

#include <gtest/gtest.h>

namespace ringtalk::app::auth {
namespace {

TEST(RevokedLogins, holds_a_login_until_its_last_token_has_expired) {
  RevokedLogins revoked;
  EXPECT_TRUE(revoked.revoke({7}, 1'000));
  revoked.prune(999);
  EXPECT_TRUE(revoked.contains({7}));
  revoked.prune(1'000);
  EXPECT_FALSE(revoked.contains({7}));
  EXPECT_EQ(revoked.size(), 0U);
}

TEST(RevokedLogins, tells_news_from_what_it_knows) {
  RevokedLogins revoked;
  EXPECT_TRUE(revoked.revoke({7}, 1'000));
  EXPECT_FALSE(revoked.revoke({7}, 2'000));
  EXPECT_FALSE(revoked.contains({8}));
}

TEST(RevokedLogins, forgets_only_what_is_old_enough) {
  RevokedLogins revoked;
  revoked.revoke({1}, 100);
  revoked.revoke({2}, 200);
  revoked.revoke({3}, 300);
  revoked.prune(200);
  EXPECT_EQ(revoked.size(), 1U);
  EXPECT_TRUE(revoked.contains({3}));
}

}  // namespace
}  // namespace ringtalk::app::auth
