// Against a real PostgreSQL: a login that ends on one instance ends on the others.
#include "app/rest/voided_logins_watch.h"

#include <gtest/gtest.h>

#include "app/chat/session_table.h"
#include "db_support.h"

namespace ringtalk::app::rest {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kFamily = 7;
constexpr db::TokenHash kToken{1};

class VoidedLoginsWatchTest : public db::testing::StoreTest {
 protected:
  VoidedLoginsWatchTest() {
    add_users(1);
    directory_.enter(0, {.reactor = reactor.get(),
                         .scope = &scope,
                         .sessions = &sessions_,
                         .revoked_logins = &revoked_});
    const std::int64_t now_ms = reactor->unix_milliseconds();
    get(tokens_.issue({.family_id = kFamily,
                       .user_id = 1,
                       .token_hash = kToken,
                       .created_at_ms = now_ms,
                       .expires_at_ms = now_ms + 60'000}));
  }

  // As another instance would: this one is told nothing.
  void log_out_elsewhere() { ASSERT_TRUE(get(tokens_.void_family_of(kToken))); }

  db::TokenStore tokens_{pool};
  ShardDirectory directory_{1};
  chat::SessionTable sessions_;
  auth::RevokedLogins revoked_;
  VoidedLoginsWatch watch_{{.reactor = *reactor,
                            .directory = directory_,
                            .tokens = tokens_,
                            .known = revoked_,
                            .jwt_lifetime = 15min}};
};

TEST_F(VoidedLoginsWatchTest, ends_a_login_within_a_second_of_its_end_elsewhere) {
  watch_.open();
  turn_for(100ms);
  EXPECT_FALSE(revoked_.contains({kFamily}));
  log_out_elsewhere();
  const auto begin = clock.steady_now();
  turn_until([&] { return revoked_.contains({kFamily}); });
  EXPECT_LT(clock.steady_now() - begin, 1s);
  finish(watch_.close());
}

TEST_F(VoidedLoginsWatchTest, begins_with_the_logins_whose_tokens_could_still_be_good) {
  log_out_elsewhere();
  query("UPDATE refresh_tokens SET voided_at = voided_at - interval '10 minutes'");
  watch_.open();
  turn_until([&] { return revoked_.contains({kFamily}); });
  finish(watch_.close());
}

TEST_F(VoidedLoginsWatchTest, ends_at_once_while_it_pauses) {
  watch_.open();
  turn_for(100ms);
  const auto begin = clock.steady_now();
  finish(watch_.close());
  EXPECT_LT(clock.steady_now() - begin, 300ms);
}

}  // namespace
}  // namespace ringtalk::app::rest
