#include "loadgen/measure/rate_search.h"

#include <gtest/gtest.h>

namespace ringtalk::loadgen {
namespace {

using Verdict = RateSearch::Verdict;

// A server that holds up to `limit`.
void run(RateSearch& search, double limit) {
  for (int step = 0; step < 200; ++step) {
    const auto rate = search.next();
    if (!rate) return;
    search.judge(*rate <= limit ? Verdict::kHeld : Verdict::kFailed);
  }
  ADD_FAILURE() << "the search does not end";
}

TEST(RateSearch, finds_the_limit_to_the_resolution_from_wherever_it_begins) {
  for (const double first : {1.0, 100.0, 5'000.0, 1e6}) {
    for (const double limit : {1.0, 3.0, 99.0, 100.0, 101.0, 4'321.0, 777'777.0}) {
      RateSearch search(first);
      run(search, limit);
      EXPECT_LE(search.best(), limit) << first;
      EXPECT_GE(search.best() * (1 + RateSearch::kResolution), limit) << first;
      EXPECT_FALSE(search.is_bound_by_generator());
      EXPECT_LE(search.steps(), 30);
    }
  }
}

TEST(RateSearch, doubles_then_halves_the_distance) {
  RateSearch search(100);
  EXPECT_EQ(search.next(), 100);
  search.judge(Verdict::kHeld);
  EXPECT_EQ(search.next(), 200);
  search.judge(Verdict::kHeld);
  EXPECT_EQ(search.next(), 400);
  search.judge(Verdict::kFailed);
  EXPECT_NEAR(*search.next(), 282.8, 0.1);  // as far from one end as from the other, in proportion
}

TEST(RateSearch, stops_when_the_ends_are_within_the_resolution) {
  RateSearch search(100);
  search.judge(Verdict::kHeld);
  search.judge(Verdict::kFailed);
  int steps = 2;
  for (; search.next(); ++steps) search.judge(Verdict::kFailed);
  EXPECT_EQ(search.best(), 100);
  EXPECT_EQ(search.steps(), steps);
  EXPECT_EQ(steps, 6);  // 100, 200, 141, 119, 109, 104.4: within 5 %
}

TEST(RateSearch, nothing_holds_at_all) {
  RateSearch search(64);
  run(search, 0);
  EXPECT_EQ(search.best(), 0);
  EXPECT_FALSE(search.next().has_value());
}

TEST(RateSearch, everything_holds) {
  RateSearch search(1'000);
  run(search, 1e12);
  EXPECT_EQ(search.best(), RateSearch::kRateMax);
}

TEST(RateSearch, tells_when_the_generator_was_the_limit) {
  RateSearch search(100);
  search.judge(Verdict::kHeld);
  search.judge(Verdict::kInvalid);
  EXPECT_TRUE(search.is_bound_by_generator());
  search.judge(Verdict::kFailed);  // 141: below that limit, and the server's own
  EXPECT_FALSE(search.is_bound_by_generator());
}

TEST(RateSearch, begins_within_its_bounds) {
  EXPECT_EQ(RateSearch(0.5).next(), RateSearch::kRateMin);
  EXPECT_EQ(RateSearch(RateSearch::kRateMax + 1).next(), RateSearch::kRateMax);
}

TEST(RateSearch, judging_what_is_over_changes_nothing) {
  RateSearch search(1);
  search.judge(Verdict::kFailed);
  EXPECT_FALSE(search.next().has_value());
  search.judge(Verdict::kHeld);
  EXPECT_EQ(search.best(), 0);
  EXPECT_EQ(search.steps(), 1);
}

}  // namespace
}  // namespace ringtalk::loadgen
