#include "app/chat/typing_throttle.h"

#include <gtest/gtest.h>

#include <chrono>

#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using namespace std::chrono_literals;

constexpr protocol::ConversationId kRoom{1};
constexpr reactor::TimePoint kStart{};

TEST(TypingThrottle, passes_on_once_in_two_seconds) {
  TypingThrottle throttle;
  EXPECT_TRUE(throttle.lets_pass(kRoom, true, kStart));
  EXPECT_FALSE(throttle.lets_pass(kRoom, true, kStart + 1'999ms));
  EXPECT_TRUE(throttle.lets_pass(kRoom, true, kStart + 2s));
  EXPECT_FALSE(throttle.lets_pass(kRoom, true, kStart + 3s));
}

TEST(TypingThrottle, an_end_gets_through_once_after_a_beginning_that_did) {
  TypingThrottle throttle;
  EXPECT_FALSE(throttle.lets_pass(kRoom, false, kStart)) << "nobody was told of a beginning";
  EXPECT_TRUE(throttle.lets_pass(kRoom, true, kStart));
  EXPECT_TRUE(throttle.lets_pass(kRoom, false, kStart + 1ms));
  EXPECT_FALSE(throttle.lets_pass(kRoom, false, kStart + 2ms));
  EXPECT_FALSE(throttle.lets_pass(kRoom, true, kStart + 3ms)) << "an end opens no door";
  EXPECT_FALSE(throttle.lets_pass(kRoom, false, kStart + 4ms));
  EXPECT_TRUE(throttle.lets_pass(kRoom, true, kStart + 2s));
}

TEST(TypingThrottle, counts_each_conversation_for_itself) {
  TypingThrottle throttle;
  EXPECT_TRUE(throttle.lets_pass(kRoom, true, kStart));
  EXPECT_TRUE(throttle.lets_pass({2}, true, kStart));
  EXPECT_FALSE(throttle.lets_pass({3}, false, kStart));
}

TEST(TypingThrottle, remembers_a_few_and_lets_no_more_through_until_the_oldest_has_rested) {
  TypingThrottle throttle;
  for (std::size_t i = 1; i <= limits::kTypingPlacesMax; ++i) {
    EXPECT_TRUE(throttle.lets_pass({static_cast<std::int64_t>(i)}, true, kStart + i * 1ms));
  }
  EXPECT_FALSE(throttle.lets_pass({100}, true, kStart + 100ms));
  EXPECT_TRUE(throttle.lets_pass({100}, true, kStart + 2s + 1ms)) << "in the place of the oldest";
  EXPECT_FALSE(throttle.lets_pass({2}, true, kStart + 2s + 1ms));
}

}  // namespace
}  // namespace ringtalk::app::chat
