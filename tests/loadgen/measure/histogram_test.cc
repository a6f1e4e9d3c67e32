#include "loadgen/measure/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;
using Duration = Histogram::Duration;

constexpr double kPercents[] = {0, 1, 10, 50, 75, 90, 99, 99.9, 99.99, 99.999, 100};

// The bound that the header promises, against the sorted values themselves.
void expect_true_to(const Histogram& histogram, std::vector<Duration> values) {
  std::ranges::sort(values);
  ASSERT_EQ(histogram.count(), values.size());
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
  for (const double percent : kPercents) {
    const double wanted = percent / 100 * static_cast<double>(values.size());
    const auto rank = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(wanted - 1e-6)));
    const Duration exact = values[rank - 1];
    const Duration told = histogram.percentile(percent);
    EXPECT_GE(told, exact) << percent;
    EXPECT_LE(told - exact, std::max(Histogram::kUnit, exact / 1'000)) << percent;
  }
  EXPECT_EQ(histogram.percentile(100), values.back());
}

TEST(Histogram, tells_zero_of_nothing) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.min(), 0ns);
  EXPECT_EQ(histogram.max(), 0ns);
  EXPECT_EQ(histogram.mean(), 0ns);
  EXPECT_EQ(histogram.percentile(99), 0ns);
  EXPECT_EQ(histogram.count_up_to(1h), 0u);
}

TEST(Histogram, keeps_three_digits_whatever_the_shape) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 40; ++round) {
    // Sizes spread over all powers of two up to the hour, in each round other ones.
    std::uniform_real_distribution<double> exponent(round % 20, 22 + round % 20);
    Histogram histogram;
    std::vector<Duration> values;
    for (int count = 0; count < 2'000 + round; ++count) {
      values.push_back(std::min(
          Histogram::kMax, Duration(std::llround(std::exp2(std::min(41.8, exponent(random)))))));
      histogram.record(values.back());
    }
    expect_true_to(histogram, values);
  }
}

TEST(Histogram, bounds_hold_at_the_edges_of_buckets) {
  for (std::int64_t power = 1; power < 35; ++power) {
    for (const std::int64_t units : {(1LL << power) - 1, 1LL << power, (1LL << power) + 1}) {
      const Duration value = units * Histogram::kUnit;
      if (value > Histogram::kMax) continue;
      Histogram histogram;
      histogram.record(value);
      histogram.record(value - 1ns);
      expect_true_to(histogram, {value, value - 1ns});
    }
  }
}

TEST(Histogram, counts_what_is_too_long_as_the_longest_and_what_is_negative_as_zero) {
  Histogram histogram;
  histogram.record(Histogram::kMax);
  histogram.record(Histogram::kMax + 1ns);
  histogram.record(-5ns);
  EXPECT_EQ(histogram.max(), Histogram::kMax);
  EXPECT_EQ(histogram.percentile(50), Histogram::kMax);
  EXPECT_EQ(histogram.min(), 0ns);
  EXPECT_EQ(histogram.count(), 3u);
}

TEST(Histogram, one_of_a_thousand_is_above_the_999_per_mille) {
  Histogram histogram;
  histogram.record(1ms, 999);
  histogram.record(1s);
  EXPECT_LT(histogram.percentile(99.9), 2ms);
  EXPECT_EQ(histogram.percentile(99.91), 1s);
}

TEST(Histogram, adds_up_as_if_one_had_recorded_all) {
  std::mt19937_64 random(11);
  Histogram all, left, right;
  for (int count = 0; count < 10'000; ++count) {
    const Duration value(random() % 5'000'000'000);
    all.record(value);
    (count % 3 == 0 ? left : right).record(value);
  }
  left.add(right);
  left.add(Histogram());
  EXPECT_EQ(left.count(), all.count());
  EXPECT_EQ(left.min(), all.min());
  EXPECT_EQ(left.mean(), all.mean());
  for (const double percent : kPercents)
    EXPECT_EQ(left.percentile(percent), all.percentile(percent));
}

TEST(Histogram, is_as_new_after_clear) {
  Histogram histogram;
  histogram.record(5s, 3);
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0u);
  histogram.record(2us);
  EXPECT_EQ(histogram.min(), 2us);
  EXPECT_EQ(histogram.percentile(100), 2us);
  EXPECT_EQ(histogram.parts().buckets.size(), 1u);
}

TEST(Histogram, survives_being_written_down) {
  std::mt19937_64 random(3);
  Histogram histogram;
  for (int count = 0; count < 3'000; ++count) histogram.record(Duration(random() % 900'000'000));
  const Histogram read = Histogram::from_parts(histogram.parts());
  EXPECT_EQ(read.count(), histogram.count());
  EXPECT_EQ(read.min(), histogram.min());
  EXPECT_EQ(read.max(), histogram.max());
  EXPECT_EQ(read.mean(), histogram.mean());
  for (const double percent : kPercents)
    EXPECT_EQ(read.percentile(percent), histogram.percentile(percent));
}

TEST(Histogram, counts_up_to_a_value) {
  Histogram histogram;
  histogram.record(1ms, 5);
  histogram.record(3ms, 2);
  EXPECT_EQ(histogram.count_up_to(-1ns), 0u);
  EXPECT_EQ(histogram.count_up_to(500us), 0u);
  EXPECT_EQ(histogram.count_up_to(1ms), 5u);
  EXPECT_EQ(histogram.count_up_to(2ms), 5u);
  EXPECT_EQ(histogram.count_up_to(3ms), 7u);
}

}  // namespace
}  // namespace ringtalk::loadgen
