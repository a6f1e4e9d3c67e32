#include "loadgen/measure/recorder.h"

#include <gtest/gtest.h>

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

constexpr Time kStart{100s};

Recorder from_two_to_ten_seconds() {
  return Recorder({.from = kStart + 2s, .until = kStart + 10s});
}

TEST(Recorder, what_was_intended_outside_the_window_goes_into_the_second_alone) {
  Recorder recorder = from_two_to_ten_seconds();
  for (const Time intended : {kStart + 2s - 1ns, kStart + 2s, kStart + 10s - 1ns, kStart + 10s}) {
    recorder.observe(Series::kAck, intended, intended + 5ms);
    recorder.count(Counter::kAcked, intended, 10);
  }
  EXPECT_EQ(recorder.total().of(Series::kAck).count(), 2u);
  EXPECT_EQ(recorder.total().of(Counter::kAcked), 20u);
  Tally second;
  recorder.take_second(second);
  EXPECT_EQ(second.of(Series::kAck).count(), 4u);
  EXPECT_EQ(second.of(Counter::kAcked), 40u);
}

TEST(Recorder, a_duration_runs_from_the_intended_time) {
  Recorder recorder({.from = kStart});
  recorder.observe(Series::kDeliver, kStart + 1s, kStart + 4s);
  EXPECT_EQ(recorder.total().of(Series::kDeliver).max(), 3s);
  EXPECT_EQ(recorder.total().of(Series::kAck).count(), 0u);
}

TEST(Recorder, a_second_is_taken_once) {
  Recorder recorder({.from = kStart});
  recorder.count(Counter::kSent, kStart);
  Tally second;
  recorder.take_second(second);
  EXPECT_EQ(second.of(Counter::kSent), 1u);
  recorder.take_second(second);
  EXPECT_EQ(second.of(Counter::kSent), 0u);
  EXPECT_EQ(recorder.total().of(Counter::kSent), 1u);
}

TEST(Recorder, errors_are_counted_by_code_whenever_they_were) {
  Recorder recorder = from_two_to_ten_seconds();
  recorder.count_error("rate_limited");
  recorder.count_error("rate_limited");
  recorder.count_error("close 4008");
  EXPECT_EQ(recorder.total().of(Counter::kErrors), 3u);
  EXPECT_EQ(recorder.errors().at("rate_limited"), 2u);
  EXPECT_EQ(recorder.errors().at("close 4008"), 1u);
}

TEST(Recorder, the_number_of_codes_is_bounded_and_no_error_is_left_out) {
  Recorder recorder = from_two_to_ten_seconds();
  for (std::size_t code = 0; code <= Recorder::kErrorCodesMax; ++code)
    recorder.count_error("code " + std::to_string(code));
  EXPECT_EQ(recorder.errors().size(), Recorder::kErrorCodesMax + 1);
  EXPECT_EQ(recorder.errors().at(std::string(Recorder::kOtherErrors)), 1u);
  recorder.count_error("code 0");
  recorder.count_error("another");
  EXPECT_EQ(recorder.errors().at("code 0"), 2u);
  EXPECT_EQ(recorder.errors().at(std::string(Recorder::kOtherErrors)), 2u);
}

TEST(Tally, adds_series_and_counters) {
  Recorder one({.from = kStart}), other({.from = kStart});
  one.observe(Series::kAck, kStart, kStart + 1ms);
  other.observe(Series::kAck, kStart, kStart + 3ms);
  other.count(Counter::kBytesSent, kStart, 700);
  Tally sum = one.total();
  sum.add(other.total());
  EXPECT_EQ(sum.of(Series::kAck).count(), 2u);
  EXPECT_EQ(sum.of(Series::kAck).max(), 3ms);
  EXPECT_EQ(sum.of(Counter::kBytesSent), 700u);
}

}  // namespace
}  // namespace ringtalk::loadgen
