#include "cache/breaker.h"

#include <gtest/gtest.h>

namespace ringtalk::cache {
namespace {

using namespace std::chrono_literals;

class BreakerTest : public testing::Test {
 protected:
  void open() {
    while (!breaker.timed_out()) continue;
  }
  Breaker breaker{{.timeouts_max = 3, .probe_timeout = 50ms}};
  const reactor::TimePoint start{1h};
};

TEST_F(BreakerTest, opens_at_the_last_of_so_many_timeouts_in_a_row) {
  EXPECT_FALSE(breaker.timed_out());
  EXPECT_FALSE(breaker.timed_out());
  breaker.answered_in_time();
  EXPECT_FALSE(breaker.timed_out());
  EXPECT_FALSE(breaker.timed_out());
  EXPECT_FALSE(breaker.is_open());
  EXPECT_TRUE(breaker.timed_out());
  EXPECT_TRUE(breaker.is_open());
  EXPECT_FALSE(breaker.timed_out()) << "told once";
}

TEST_F(BreakerTest, wants_one_probe_at_a_time_and_only_while_open) {
  EXPECT_FALSE(breaker.wants_probe());
  open();
  EXPECT_TRUE(breaker.wants_probe());
  breaker.probe_sent(start);
  EXPECT_FALSE(breaker.wants_probe());
}

TEST_F(BreakerTest, a_probe_answered_in_time_closes_it) {
  open();
  breaker.probe_sent(start);
  EXPECT_TRUE(breaker.probe_answered(start + 50ms, true));
  EXPECT_FALSE(breaker.is_open());
  EXPECT_FALSE(breaker.timed_out()) << "it counts anew";
}

TEST_F(BreakerTest, a_late_answer_or_an_error_asks_for_the_next_probe) {
  open();
  breaker.probe_sent(start);
  EXPECT_FALSE(breaker.probe_answered(start + 51ms, true));
  EXPECT_TRUE(breaker.is_open());
  EXPECT_TRUE(breaker.wants_probe());
  breaker.probe_sent(start);
  EXPECT_FALSE(breaker.probe_answered(start, false));
  EXPECT_TRUE(breaker.wants_probe());
}

}  // namespace
}  // namespace ringtalk::cache
