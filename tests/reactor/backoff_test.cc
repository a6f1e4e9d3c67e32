#include "reactor/backoff.h"

#include <gtest/gtest.h>

namespace ringtalk::reactor {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, doubles_up_to_its_longest_and_begins_again_after_a_success) {
  Backoff backoff({.first = 50ms, .longest = 1'000ms});
  for (const auto longest : {50ms, 100ms, 200ms, 400ms, 800ms, 1'000ms, 1'000ms}) {
    const auto span = backoff.next();
    EXPECT_GE(span, longest / 2);
    EXPECT_LE(span, longest);
  }
  EXPECT_EQ(backoff.failures(), 7);
  backoff.reset();
  EXPECT_EQ(backoff.failures(), 0);
  EXPECT_LE(backoff.next(), 50ms);
}

TEST(Backoff, stays_at_its_longest_for_ever) {
  Backoff backoff({.first = 50ms, .longest = 1'000ms});
  for (int i = 0; i < 200; ++i) EXPECT_LE(backoff.next(), 1'000ms);
}

TEST(Backoff, differs_between_two_who_lost_the_same_server) {
  Backoff one({.first = 1'000'000ms, .longest = 1'000'000ms});
  Backoff other({.first = 1'000'000ms, .longest = 1'000'000ms});
  bool differs = false;
  for (int i = 0; i < 8; ++i) differs |= one.next() != other.next();
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace ringtalk::reactor
