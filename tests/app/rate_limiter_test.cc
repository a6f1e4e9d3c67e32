#include "app/rate_limiter.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "reactor/sim_backend.h"
#include "reactor/task_scope.h"

namespace ringtalk::app {
namespace {

using namespace std::chrono_literals;

constexpr RateKey kAddress{.kind = RateKey::Kind::kAddressEntry, .id = 1};

class RateLimiterTest : public ::testing::Test {
 protected:
  RateLimiterTest() {
    directory_.enter(0, {.reactor = &reactor_, .scope = &scope_, .rate_limiter = &limiter_});
  }

  void pass(reactor::Duration span) { reactor_.run_turn_until(span); }

  reactor::SimClock clock_;
  struct SteppedReactor : reactor::Reactor {
    using Reactor::Reactor;
    // Nothing else is due, so the turn sleeps all that time; the next one sees the new now().
    void run_turn_until(reactor::Duration span) {
      run_turn(now() + span);
      run_turn(now());
    }
  };
  SteppedReactor reactor_{std::make_unique<reactor::SimBackend>(clock_), clock_};
  reactor::TaskScope scope_;
  ShardDirectory directory_{1};
  RateLimiter limiter_{reactor_, directory_, RateLimiter::Switch::kOn, {}};
};

TEST_F(RateLimiterTest, allows_a_burst_and_not_one_more) {
  for (std::int64_t left = kAddressEntryRule.burst; left-- > 0;) {
    const RateAnswer answer = limiter_.take_here(kAddress);
    ASSERT_TRUE(answer.is_allowed);
    EXPECT_EQ(answer.limit, kAddressEntryRule.burst);
    EXPECT_EQ(answer.remaining, left);
  }
  const RateAnswer answer = limiter_.take_here(kAddress);
  EXPECT_FALSE(answer.is_allowed);
  EXPECT_EQ(answer.remaining, 0);
  EXPECT_EQ(answer.until_allowed, kAddressEntryRule.interval);
  EXPECT_EQ(answer.until_full, kAddressEntryRule.burst * kAddressEntryRule.interval);
}

TEST_F(RateLimiterTest, gives_a_place_back_after_each_interval) {
  for (std::int64_t i = 0; i < kAddressEntryRule.burst; ++i) (void)limiter_.take_here(kAddress);
  pass(kAddressEntryRule.interval - 1ms);
  EXPECT_FALSE(limiter_.take_here(kAddress).is_allowed);
  pass(1ms);
  EXPECT_TRUE(limiter_.take_here(kAddress).is_allowed);
  EXPECT_FALSE(limiter_.take_here(kAddress).is_allowed);
}

TEST_F(RateLimiterTest, does_not_save_up_more_than_a_burst) {
  // An older bucket that is not full yet keeps the other one from being forgotten.
  for (std::int64_t i = 0; i < kAddressEntryRule.burst; ++i) (void)limiter_.take_here(kAddress);
  const RateKey user{.kind = RateKey::Kind::kUserRequest, .id = 2};
  (void)limiter_.take_here(user);
  pass(1min);
  EXPECT_EQ(limiter_.take_here(user).remaining, kUserRequestRule.burst - 1);
  EXPECT_EQ(limiter_.buckets(), 2U);
}

TEST_F(RateLimiterTest, counts_keys_and_kinds_apart) {
  const RateKey request{.kind = RateKey::Kind::kUserRequest, .id = 1};
  const RateKey send{.kind = RateKey::Kind::kUserSend, .id = 1};
  (void)limiter_.take_here(request);
  EXPECT_EQ(limiter_.take_here(send).remaining, kUserSendRule.burst - 1);
  EXPECT_EQ(limiter_.take_here(request).remaining, kUserRequestRule.burst - 2);
  EXPECT_EQ(limiter_.buckets(), 2U);
}

TEST_F(RateLimiterTest, forgets_buckets_that_are_full_again) {
  for (std::int64_t id = 1; id <= 10; ++id) {
    (void)limiter_.take_here({.kind = RateKey::Kind::kUserRequest, .id = id});
  }
  EXPECT_EQ(limiter_.buckets(), 10U);
  pass(1s);
  for (int i = 0; i < 10; ++i) (void)limiter_.take_here(kAddress);
  EXPECT_EQ(limiter_.buckets(), 1U);
}

TEST_F(RateLimiterTest, keeps_no_more_buckets_than_its_bound) {
  for (std::size_t id = 1; id <= RateLimiter::kBucketsMax + 1; ++id) {
    (void)limiter_.take_here(
        {.kind = RateKey::Kind::kAddressEntry, .id = static_cast<std::int64_t>(id)});
  }
  EXPECT_EQ(limiter_.buckets(), RateLimiter::kBucketsMax);
  // The one used least recently went, and begins anew; the next one stayed.
  EXPECT_EQ(limiter_.take_here({.kind = RateKey::Kind::kAddressEntry, .id = 3}).remaining,
            kAddressEntryRule.burst - 2);
  EXPECT_EQ(limiter_.take_here({.kind = RateKey::Kind::kAddressEntry, .id = 1}).remaining,
            kAddressEntryRule.burst - 1);
}

reactor::Task<void> ask(RateLimiter& limiter, std::vector<RateAnswer>& answers) {
  answers.push_back(co_await limiter.take(kAddress));
  answers.push_back(co_await limiter.take(kAddress));
}

TEST_F(RateLimiterTest, asks_the_owner_of_a_key) {
  std::vector<RateAnswer> answers;
  scope_.spawn(ask(limiter_, answers));
  while (scope_.running() > 0) reactor_.run_turn(reactor_.now());
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].remaining, kAddressEntryRule.burst - 2);
}

TEST(AddressKey, takes_an_ipv6_customer_as_one) {
  EXPECT_EQ(address_key("2001:db8:1:2::1"), address_key("2001:db8:1:2:ffff::9"));
  EXPECT_NE(address_key("2001:db8:1:2::1").id, address_key("2001:db8:1:3::1").id);
  EXPECT_NE(address_key("192.0.2.1").id, address_key("192.0.2.2").id);
  EXPECT_EQ(address_key("192.0.2.1").kind, RateKey::Kind::kAddressEntry);
}

}  // namespace
}  // namespace ringtalk::app
