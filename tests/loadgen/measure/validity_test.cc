#include "loadgen/measure/validity.h"

#include <gtest/gtest.h>

#include "some_result.h"

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

Histogram& series(RunResult& result, Series which) {
  return result.total.series[static_cast<std::size_t>(which)];
}

TEST(Validity, a_run_in_which_the_generator_had_time_is_valid) {
  EXPECT_TRUE(reasons_of_invalidity(test::some_result()).empty());
}

TEST(Validity, a_thread_may_be_busy_up_to_the_bound) {
  RunResult result = test::some_result();
  result.generator.cpu_of_busiest_thread = kThreadCpuMax;
  EXPECT_TRUE(reasons_of_invalidity(result).empty());
  result.generator.cpu_of_busiest_thread = kThreadCpuMax + 0.01;
  ASSERT_EQ(reasons_of_invalidity(result).size(), 1u);
  EXPECT_NE(reasons_of_invalidity(result)[0].find("busiest thread computed 96 %"),
            std::string::npos);
  result.is_closed_loop = true;
  EXPECT_EQ(reasons_of_invalidity(result).size(), 1u);
}

TEST(Validity, the_schedule_must_have_been_kept_to_99_percent) {
  RunResult result = test::some_result();
  series(result, Series::kLag).clear();
  series(result, Series::kLag).record(40us, 9'900);
  EXPECT_TRUE(reasons_of_invalidity(result).empty());
  series(result, Series::kLag).clear();
  series(result, Series::kLag).record(40us, 9'899);
  ASSERT_EQ(reasons_of_invalidity(result).size(), 1u);
  EXPECT_NE(reasons_of_invalidity(result)[0].find("of 10000 sends that the schedule wanted 9899"),
            std::string::npos);
  result.is_closed_loop = true;
  EXPECT_TRUE(reasons_of_invalidity(result).empty());
}

TEST(Validity, lag_may_be_half_of_what_was_measured_and_any_below_a_millisecond) {
  RunResult result = test::some_result();
  result.total = {};
  result.wanted = 0;
  series(result, Series::kLag).record(10ms);
  series(result, Series::kDeliver).record(20ms);
  EXPECT_TRUE(reasons_of_invalidity(result).empty());
  series(result, Series::kDeliver).clear();
  series(result, Series::kDeliver).record(20ms - 1ns);
  ASSERT_EQ(reasons_of_invalidity(result).size(), 1u);
  EXPECT_NE(reasons_of_invalidity(result)[0].find("p99 10.0 ms, is more than half of deliver.p99"),
            std::string::npos);

  series(result, Series::kLag).clear();
  series(result, Series::kDeliver).clear();
  series(result, Series::kDeliver).record(1ms);
  series(result, Series::kLag).record(kLagAlwaysFine);
  EXPECT_TRUE(reasons_of_invalidity(result).empty());
  series(result, Series::kLag).record(kLagAlwaysFine + 1ns);
  EXPECT_EQ(reasons_of_invalidity(result).size(), 1u);
}

TEST(Validity, rules_are_independent) {
  RunResult result = test::some_result();
  result.generator.cpu_of_busiest_thread = 1;
  result.wanted = 1'000'000;
  series(result, Series::kLag).record(1s, 1'000'000);
  result.wanted = 2'000'000;
  EXPECT_EQ(reasons_of_invalidity(result).size(), 3u);
}

TEST(Validity, the_main_series_is_the_first_that_has_values) {
  RunResult result;
  EXPECT_EQ(main_series(result), Series::kAck);
  series(result, Series::kConnect).record(1ms);
  EXPECT_EQ(main_series(result), Series::kConnect);
  series(result, Series::kRequest).record(1ms);
  EXPECT_EQ(main_series(result), Series::kRequest);
  EXPECT_EQ(main_series(test::some_result()), Series::kDeliver);
}

}  // namespace
}  // namespace ringtalk::loadgen
