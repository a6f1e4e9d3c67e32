#include "app/auth/authenticator.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "reactor/sim_backend.h"

namespace ringtalk::app::auth {
namespace {

using protocol::ErrorCode;
using namespace std::chrono_literals;

class AuthenticatorTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::int64_t now_s() { return reactor_.unix_milliseconds() / 1000; }

  [[nodiscard]] std::string token(std::int64_t lifetime_s) {
    return jwt_.sign({.user_id = {11},
                      .login_id = {22},
                      .issued_at_s = now_s(),
                      .expires_at_s = now_s() + lifetime_s});
  }

  [[nodiscard]] ErrorCode refusal_of(std::optional<std::string_view> header) {
    const auto identity = authenticator_.authenticate_header(header);
    EXPECT_FALSE(identity);
    return identity ? ErrorCode::kInternal : identity.error().code;
  }

  reactor::SimClock clock_;
  reactor::Reactor reactor_{std::make_unique<reactor::SimBackend>(clock_), clock_};
  JwtCodec jwt_{SigningKey{.bytes = std::string(32, 'k')}};
  RevokedLogins revoked_logins_;
  Authenticator authenticator_{reactor_, jwt_, revoked_logins_};
};

TEST_F(AuthenticatorTest, knows_who_brings_a_good_token) {
  const auto identity = authenticator_.authenticate_header("Bearer " + token(60));
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->user_id.value, 11);
  EXPECT_EQ(identity->login_id.value, 22);
  EXPECT_EQ(identity->expires_at_s, now_s() + 60);
}

TEST_F(AuthenticatorTest, takes_the_scheme_in_any_case_and_with_blanks) {
  EXPECT_TRUE(authenticator_.authenticate_header("bEARER   " + token(60)));
}

TEST_F(AuthenticatorTest, refuses_what_is_no_bearer_token) {
  EXPECT_EQ(refusal_of(std::nullopt), ErrorCode::kUnauthenticated);
  EXPECT_EQ(refusal_of(""), ErrorCode::kUnauthenticated);
  EXPECT_EQ(refusal_of("Bearer"), ErrorCode::kUnauthenticated);
  EXPECT_EQ(refusal_of("Bearer "), ErrorCode::kUnauthenticated);
  EXPECT_EQ(refusal_of("Basic " + token(60)), ErrorCode::kUnauthenticated);
  EXPECT_EQ(refusal_of("Bearer" + token(60)), ErrorCode::kUnauthenticated);
  EXPECT_EQ(refusal_of("Bearer a.b.c"), ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticatorTest, tells_an_expired_token_from_a_foreign_one) {
  const std::string header = "Bearer " + token(60);
  clock_.advance_to(clock_.steady_now() + 59s);
  EXPECT_TRUE(authenticator_.authenticate_header(header));
  clock_.advance_to(clock_.steady_now() + 1s);
  EXPECT_EQ(refusal_of(header), ErrorCode::kTokenExpired);
}

TEST_F(AuthenticatorTest, refuses_tokens_of_a_login_that_has_ended) {
  const std::string header = "Bearer " + token(60);
  revoked_logins_.revoke({22}, now_s() + 60);
  EXPECT_EQ(refusal_of(header), ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticatorTest, forgets_ended_logins_once_their_tokens_have_expired) {
  revoked_logins_.revoke({99}, now_s() + 60);
  clock_.advance_to(clock_.steady_now() + 60s);
  EXPECT_TRUE(authenticator_.authenticate(token(60)));
  EXPECT_EQ(revoked_logins_.size(), 0U);
}

}  // namespace
}  // namespace ringtalk::app::auth
