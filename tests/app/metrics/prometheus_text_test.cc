#include "app/metrics/prometheus_text.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ringtalk::app::metrics {
namespace {

TEST(PrometheusText, writes_a_family_with_its_head) {
  std::string out;
  PrometheusText(out).single({"turns_total", MetricType::kCounter, "Turns."}, std::uint64_t{7});
  EXPECT_EQ(out, "# HELP turns_total Turns.\n# TYPE turns_total counter\nturns_total 7\n");
}

TEST(PrometheusText, escapes_what_would_end_a_label) {
  std::string out;
  PrometheusText text(out);
  text.begin({"a", MetricType::kGauge, "A."});
  text.sample({{"x", "q\" b\\ n\n{id}"}, {"y", "1"}}, 0.5);
  EXPECT_TRUE(out.ends_with("a{x=\"q\\\" b\\\\ n\\n{id}\",y=\"1\",} 0.5\n")) << out;
}

TEST(PrometheusText, adds_up_the_buckets_of_a_histogram) {
  constexpr std::array<std::int64_t, 2> kBounds{100, 2'500'000};
  constexpr std::array<std::uint64_t, 3> kCounts{1, 2, 4};
  std::string out;
  PrometheusText text(out);
  text.begin({"d_seconds", MetricType::kHistogram, "D."});
  text.histogram({}, {.bounds_us = kBounds, .counts = kCounts, .sum = std::chrono::seconds(3)});
  EXPECT_EQ(out,
            "# HELP d_seconds D.\n# TYPE d_seconds histogram\n"
            "d_seconds_bucket{le=\"0.0001\",} 1\nd_seconds_bucket{le=\"2.5\",} 3\n"
            "d_seconds_bucket{le=\"+Inf\",} 7\nd_seconds_sum 3\nd_seconds_count 7\n");
}

}  // namespace
}  // namespace ringtalk::app::metrics
