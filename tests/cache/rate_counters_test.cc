#include "cache/rate_counters.h"

#include "cache/keys.h"
#include "cache_support.h"

namespace ringtalk::cache::testing {
namespace {

class RateCountersTest : public CacheTest {
 protected:
  RateCountersTest() {
    start_redis();
    connection = &connect_and_wait();
  }
  RateCount take(std::int64_t id, RateLimit limit) {
    RateCounters counters(*connection);
    const Result<RateCount> count = run(counters.take(rate_key("send", id), limit));
    EXPECT_TRUE(count.has_value());
    return count.value_or(RateCount{});
  }
  RedisConnection* connection = nullptr;
};
INSTANTIATE_TEST_SUITE_P(All, RateCountersTest, kBackends, name_of);

TEST_P(RateCountersTest, allows_the_burst_and_refuses_the_next) {
  const RateLimit limit{.burst = 3, .interval = 1h};
  for (std::int64_t left = 2; left >= 0; --left) {
    const RateCount count = take(1, limit);
    EXPECT_TRUE(count.is_allowed);
    EXPECT_EQ(count.remaining, left);
    EXPECT_EQ(count.until_allowed, 0us);
    EXPECT_GT(count.until_full, (3 - left) * 1h - 10min);
    EXPECT_LE(count.until_full, (3 - left) * 1h);
  }
  const RateCount refused = take(1, limit);
  EXPECT_FALSE(refused.is_allowed);
  EXPECT_EQ(refused.remaining, 0);
  EXPECT_GT(refused.until_allowed, 50min);
  EXPECT_LE(refused.until_allowed, 1h);
  EXPECT_TRUE(take(2, limit).is_allowed) << "another one has a bucket of his own";
}

TEST_P(RateCountersTest, a_place_is_free_again_after_its_interval) {
  const RateLimit limit{.burst = 1, .interval = 50ms};
  EXPECT_TRUE(take(1, limit).is_allowed);
  turn_for(60ms);
  EXPECT_TRUE(take(1, limit).is_allowed);
  EXPECT_EQ(redis->ask({"DBSIZE"}), "1");
  turn_for(100ms);
  EXPECT_EQ(redis->ask({"EXISTS", rate_key("send", 1)}), "0") << "a full bucket is not kept";
}

TEST_P(RateCountersTest, two_instances_share_a_bucket) {
  const RateLimit limit{.burst = 2, .interval = 1h};
  EXPECT_TRUE(take(1, limit).is_allowed);
  connection = &connect_and_wait();
  EXPECT_TRUE(take(1, limit).is_allowed);
  EXPECT_FALSE(take(1, limit).is_allowed);
}

TEST_P(RateCountersTest, a_clock_that_was_set_back_leaves_no_bucket_emptier_than_empty) {
  const RateLimit limit{.burst = 2, .interval = 1h};
  redis->ask({"SET", rate_key("send", 1), "9000000000000000"});
  const RateCount count = take(1, limit);
  EXPECT_FALSE(count.is_allowed);
  EXPECT_LE(count.until_allowed, 1h);
}

TEST_P(RateCountersTest, what_is_no_bucket_or_no_answer_is_an_error) {
  RateCounters counters(*connection);
  redis->ask({"LPUSH", "list", "x"});
  const auto wrong = run(counters.take("list", {.burst = 1, .interval = 1s}));
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().kind, ErrorKind::kUnavailable);
  redis->crash();
  turn_until([&] { return !connection->is_available(); });
  const auto away = run(counters.take("key", {.burst = 1, .interval = 1s}));
  ASSERT_FALSE(away.has_value());
  EXPECT_EQ(away.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace ringtalk::cache::testing
