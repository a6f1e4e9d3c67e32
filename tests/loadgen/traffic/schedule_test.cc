#include "loadgen/traffic/schedule.h"

#include <gtest/gtest.h>

#include <vector>

#include "loadgen/profiles/mvp.h"

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

std::vector<std::chrono::nanoseconds> all_of(Schedule schedule) {
  std::vector<std::chrono::nanoseconds> times;
  while (const auto at = schedule.next()) times.push_back(*at);
  return times;
}

std::size_t count_between(const std::vector<std::chrono::nanoseconds>& times,
                          std::chrono::nanoseconds from, std::chrono::nanoseconds until) {
  return static_cast<std::size_t>(
      std::ranges::count_if(times, [&](auto at) { return at >= from && at < until; }));
}

TEST(Schedule, arrivals_come_in_order_at_the_rate_and_end) {
  const auto times = all_of(Schedule(ramped(1000, 0s), 100s, 1));
  EXPECT_NEAR(static_cast<double>(times.size()), 100'000, 2'000);  // six standard deviations
  EXPECT_TRUE(std::ranges::is_sorted(times));
  EXPECT_GE(times.front(), 0ns);
  EXPECT_LT(times.back(), 100s);
}

TEST(Schedule, spacing_is_that_of_a_poisson_process) {
  const auto times = all_of(Schedule(ramped(1000, 0s), 100s, 2));
  std::size_t short_ones = 0;
  for (std::size_t i = 1; i < times.size(); ++i) short_ones += times[i] - times[i - 1] < 1ms;
  // 1 - 1/e of the gaps are shorter than the mean.
  EXPECT_NEAR(static_cast<double>(short_ones) / static_cast<double>(times.size()), 0.632, 0.01);
}

TEST(Schedule, one_seed_gives_one_schedule) {
  EXPECT_EQ(all_of(Schedule(ramped(100, 0s), 5s, 7)), all_of(Schedule(ramped(100, 0s), 5s, 7)));
  EXPECT_NE(all_of(Schedule(ramped(100, 0s), 5s, 7)), all_of(Schedule(ramped(100, 0s), 5s, 8)));
}

TEST(Schedule, a_ramp_rises_from_nothing) {
  const auto times = all_of(Schedule(ramped(1000, 10s), 20s, 3));
  EXPECT_NEAR(static_cast<double>(count_between(times, 0s, 5s)), 1250, 250);
  EXPECT_NEAR(static_cast<double>(count_between(times, 5s, 10s)), 3750, 400);
  EXPECT_NEAR(static_cast<double>(count_between(times, 10s, 20s)), 10'000, 600);
}

TEST(Schedule, without_a_rate_nothing_arrives) {
  EXPECT_TRUE(all_of(Schedule(ramped(0, 0s), 10s, 1)).empty());
}

TEST(Busyness, a_day_has_two_humps_and_a_mean_of_one) {
  EXPECT_GT(busyness(12.5), busyness(9));
  EXPECT_GT(busyness(12.5), busyness(16));
  EXPECT_GT(busyness(20), busyness(12.5));
  EXPECT_LT(busyness(4), 0.5);
  double sum = 0;
  for (int minute = 0; minute < 24 * 60; ++minute) sum += busyness(minute / 60.0);
  EXPECT_NEAR(sum / (24 * 60), 1, 0.001);
  EXPECT_DOUBLE_EQ(busyness(25), busyness(1));
}

}  // namespace
}  // namespace ringtalk::loadgen
