#include "loadgen/measure/run_result.h"

#include <gtest/gtest.h>

#include "some_result.h"

namespace ringtalk::loadgen {
namespace {

TEST(ExitCode, is_zero_when_all_is_well) {
  EXPECT_EQ(exit_code(test::some_result()), 0);
}

TEST(ExitCode, is_the_first_that_fits) {
  RunResult result = test::some_result();
  result.thresholds.push_back({.text = "ack.p99<1ms", .measured = "7 ms", .held = false});
  EXPECT_EQ(exit_code(result), 99);
  result.invalid_because.emplace_back("the generator was slow");
  EXPECT_EQ(exit_code(result), 98);
  result.was_interrupted = true;
  EXPECT_EQ(exit_code(result), 130);
  result.accounts.lost = 1;
  EXPECT_EQ(exit_code(result), 3);
}

TEST(ExitCode, each_fault_of_delivery_is_a_violation) {
  for (const auto account :
       {&Accounts::lost, &Accounts::doubled, &Accounts::reordered, &Accounts::holes}) {
    RunResult result = test::some_result();
    result.accounts.*account = 1;
    EXPECT_EQ(exit_code(result), 3);
  }
  RunResult result = test::some_result();
  result.accounts.unchecked = 1;
  EXPECT_EQ(exit_code(result), 0);
}

TEST(RunResult, rates_are_over_the_measured_window) {
  RunResult result = test::some_result();
  EXPECT_EQ(result.rate_of(Counter::kAcked), 1'000);
  result.measured = {};
  EXPECT_EQ(result.rate_of(Counter::kAcked), 0);
}

TEST(Percentiles, are_those_of_the_histogram) {
  const RunResult result = test::some_result();
  const Histogram& ack = result.total.of(Series::kAck);
  const Percentiles percentiles = Percentiles::of(ack);
  EXPECT_EQ(percentiles.p50, ack.percentile(50));
  EXPECT_EQ(percentiles.p90, ack.percentile(90));
  EXPECT_EQ(percentiles.p99, ack.percentile(99));
  EXPECT_EQ(percentiles.p999, ack.percentile(99.9));
  EXPECT_EQ(percentiles.max, ack.max());
}

}  // namespace
}  // namespace ringtalk::loadgen
