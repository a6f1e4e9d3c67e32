#include "loadgen/measure/threshold.h"

#include <gtest/gtest.h>

#include "some_result.h"

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

ThresholdOutcome judge(std::string_view text, const RunResult& result) {
  const auto threshold = parse_threshold(text);
  if (!threshold) return {.text = threshold.error().words, .measured = "", .held = false};
  EXPECT_EQ(threshold->text, text);
  return threshold->judge(result);
}

TEST(Threshold, holds_up_to_its_limit_and_not_past_it) {
  RunResult result = test::some_result();
  result.total.series[static_cast<std::size_t>(Series::kResume)].record(20ms);
  result.accounts.lost = 2;
  for (const std::string_view text :
       {"resume.max<=20ms", "resume.max>=20ms", "resume.max=20ms", "resume.max<20.001ms",
        "resume.max>19.999ms", "acked.rate>999", "acked.rate>=1000", "acked.rate=1000",
        "acked<=10000", "lost=2", "lost<3", "figure:bytes_per_connection<2048"})
    EXPECT_TRUE(judge(text, result).held) << text << ": " << judge(text, result).measured;
  for (const std::string_view text :
       {"resume.max<20ms", "resume.max>20ms", "resume.max<=19.999ms", "resume.max>=20.001ms",
        "resume.max=20.001ms", "acked.rate>1000", "acked.rate<1000", "acked<10000", "lost=0",
        "lost<2", "figure:bytes_per_connection<1987.5"})
    EXPECT_FALSE(judge(text, result).held) << text;
}

TEST(Threshold, errors_in_percent_are_of_all_attempts) {
  RunResult result = test::some_result();
  result.total.counters[static_cast<std::size_t>(Counter::kConnected)] = 0;
  result.total.counters[static_cast<std::size_t>(Counter::kErrors)] = 10;
  EXPECT_FALSE(judge("errors<0.1%", result).held);
  EXPECT_TRUE(judge("errors<=0.1%", result).held);
  EXPECT_EQ(judge("errors<1%", result).measured, "0.100%");
  EXPECT_TRUE(judge("errors<11", result).held);
  result.total = {};
  EXPECT_TRUE(judge("errors<=0%", result).held);  // of nothing at all
  result.total.counters[static_cast<std::size_t>(Counter::kErrors)] = 10;
  EXPECT_EQ(judge("errors<=0%", result).measured, "100.000%");
}

TEST(Threshold, what_was_not_measured_does_not_hold) {
  const ThresholdOutcome outcome = judge("page.p99<1h", test::some_result());
  EXPECT_FALSE(outcome.held);
  EXPECT_EQ(outcome.measured, "not measured");
  EXPECT_FALSE(judge("figure:nothing<5", test::some_result()).held);
}

TEST(Threshold, tells_what_was_measured) {
  EXPECT_EQ(judge("connect.max<1s", test::some_result()).measured, "700 us");
}

struct Bad {
  std::string_view text;
  std::size_t position;
  std::string_view words;
};

TEST(Threshold, faults_name_the_position_and_what_is_allowed) {
  for (const Bad& bad :
       {Bad{"ack.p99", 7, "allowed are < <= > >= ="}, Bad{"", 0, "comparison is missing"},
        Bad{"ack.p99<", 8, "no duration"}, Bad{"ack.p99<20", 8, "write a number and ns"},
        Bad{"ack.p99<=5%", 9, "no duration"}, Bad{"ack.p99<<5ms", 8, "no duration"},
        Bad{"acked.rate>many", 11, "no number"}, Bad{"acked>1%", 6, "errors alone"},
        Bad{"errors.rate<1%", 12, "errors alone"}, Bad{"errors<x%", 7, "write 10 or 0.1%"},
        Bad{"ack.x<1ms", 4, "no statistic"}, Bad{"<1ms", 0, "not known"},
        Bad{"lost=-1", 5, "no number"}}) {
    const auto threshold = parse_threshold(bad.text);
    ASSERT_FALSE(threshold.has_value()) << bad.text;
    EXPECT_EQ(threshold.error().position, bad.position) << bad.text;
    EXPECT_NE(threshold.error().words.find(bad.words), std::string::npos)
        << threshold.error().words;
  }
  EXPECT_EQ(in_words("--threshold", "ack.x<1ms", parse_threshold("ack.x<1ms").error()),
            "--threshold 'ack.x<1ms': at character 5: \"x\" is no statistic; allowed are p50, p99, "
            "p99.9 (any percentile), min, mean, max");
}

TEST(Threshold, of_find_max_may_leave_the_series_out) {
  const auto threshold = parse_threshold("p99<20ms", "ack");
  ASSERT_TRUE(threshold.has_value());
  EXPECT_EQ(threshold->quantity.name, "ack.p99");
  EXPECT_TRUE(threshold->judge(test::some_result()).held);
}

}  // namespace
}  // namespace ringtalk::loadgen
