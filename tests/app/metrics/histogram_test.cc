#include "app/metrics/histogram.h"

#include <gtest/gtest.h>

#include <numeric>

namespace ringtalk::app::metrics {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, counts_a_bound_in_its_own_bucket_and_what_is_past_it_in_the_next) {
  Histogram histogram;
  histogram.observe(0ns);
  histogram.observe(100us);
  histogram.observe(100us + 1ns);
  EXPECT_EQ(histogram.counts()[0], 2U);
  EXPECT_EQ(histogram.counts()[1], 1U);
}

TEST(Histogram, has_a_bucket_for_whatever_is_slower) {
  Histogram histogram;
  histogram.observe(10s);
  histogram.observe(1h);
  EXPECT_EQ(histogram.counts()[Histogram::kBoundsUs.size() - 1], 1U);
  EXPECT_EQ(histogram.counts().back(), 1U);
}

TEST(Histogram, adds_up_counts_and_times) {
  Histogram one;
  Histogram other;
  one.observe(1ms);
  other.observe(1ms);
  other.observe(2s);
  one.add(other);
  EXPECT_EQ(std::accumulate(one.counts().begin(), one.counts().end(), std::uint64_t{0}), 3U);
  EXPECT_EQ(one.sum(), 2s + 2ms);
}

}  // namespace
}  // namespace ringtalk::app::metrics
