#include "app/protocol/time_text.h"

#include <gtest/gtest.h>

namespace ringtalk::app::protocol {
namespace {

std::string formatted(std::int64_t unix_ms) {
  std::string text;
  append_time(text, unix_ms);
  return text;
}

TEST(TimeText, is_utc_with_milliseconds) {
  EXPECT_EQ(formatted(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(formatted(1'795'428'000'123), "2026-11-23T10:00:00.123Z");
  EXPECT_EQ(formatted(951'782'400'000), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(formatted(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(formatted(kTimeMsMin), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(formatted(kTimeMsMax), "9999-12-31T23:59:59.999Z");
}

TEST(TimeText, is_read_back_as_it_was_written) {
  for (std::int64_t ms = kTimeMsMin; ms <= kTimeMsMax; ms += 86'399'999'993) {
    ASSERT_EQ(parse_time(formatted(ms)), ms) << formatted(ms);
  }
}

TEST(TimeText, is_read_with_offsets_and_fractions) {
  constexpr std::int64_t kTen = 1'795'428'000'000;
  EXPECT_EQ(parse_time("2026-11-23T10:00:00Z"), kTen);
  EXPECT_EQ(parse_time("2026-11-23t10:00:00z"), kTen);
  EXPECT_EQ(parse_time("2026-11-23 10:00:00Z"), kTen);
  EXPECT_EQ(parse_time("2026-11-23T12:30:00+02:30"), kTen);
  EXPECT_EQ(parse_time("2026-11-22T10:01:00-23:59"), kTen);
  EXPECT_EQ(parse_time("2026-11-23T10:00:00.5Z"), kTen + 500);
  EXPECT_EQ(parse_time("2026-11-23T10:00:00.1239999999999Z"), kTen + 123);
  EXPECT_EQ(parse_time("2026-11-23T10:00:00.1239999Z", Rounding::kUp), kTen + 124);
  EXPECT_EQ(parse_time("2026-11-23T10:00:00.123000Z", Rounding::kUp), kTen + 123);
  EXPECT_EQ(parse_time("2026-11-23T10:00:00.9991Z", Rounding::kUp), kTen + 1'000);
}

TEST(TimeText, is_refused_in_any_other_form) {
  for (const char* text : {"",
                           "2026-11-23",
                           "2026-11-23T10:00:00",
                           "2026-11-23T10:00Z",
                           "2026-11-23T10:00:00.Z",
                           "2026-11-23T10:00:00,5Z",
                           "2026-11-23T24:00:00Z",
                           "2026-11-23T10:60:00Z",
                           "2026-11-23T10:00:61Z",
                           "2026-13-01T10:00:00Z",
                           "2026-00-01T10:00:00Z",
                           "2026-02-29T10:00:00Z",
                           "2026-11-31T10:00:00Z",
                           "2026-11-00T10:00:00Z",
                           "26-11-23T10:00:00Z",
                           "02026-11-23T10:00:00Z",
                           "2026-11-23T10:00:00ZZ",
                           "2026-11-23T10:00:00+0230",
                           "2026-11-23T10:00:00+02",
                           "2026-11-23T10:00:00+24:00",
                           "2026-11-23T10:00:00+02:60",
                           "2026-11-23T10:00:00 02:00",
                           " 2026-11-23T10:00:00Z",
                           "2026-1-23T10:00:00Z",
                           "-026-11-23T10:00:00Z",
                           "0000-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(TimeText, takes_a_leap_second_only_at_the_end_of_a_utc_day) {
  const auto midnight = parse_time("2017-01-01T00:00:00Z");
  EXPECT_EQ(parse_time("2016-12-31T23:59:60Z"), midnight);
  EXPECT_EQ(parse_time("2016-12-31T15:59:60-08:00"), midnight);
  EXPECT_EQ(parse_time("2016-12-31T23:58:60Z"), std::nullopt);
  EXPECT_EQ(parse_time("2016-12-31T23:59:60+01:00"), std::nullopt);
}

TEST(BeforeParameter, is_a_time_or_unix_milliseconds) {
  EXPECT_EQ(parse_before("1795428000123"), 1'795'428'000'123);
  EXPECT_EQ(parse_before("0"), 0);
  EXPECT_EQ(parse_before("2026-11-23T10:00:00.123Z"), 1'795'428'000'123);
  EXPECT_EQ(parse_before("2026-11-23T10:00:00.1230001Z"), 1'795'428'000'124);
}

TEST(BeforeParameter, forgives_a_plus_that_became_a_blank) {
  EXPECT_EQ(parse_before("2026-11-23T11:00:00 01:00"), 1'795'428'000'000);
}

TEST(BeforeParameter, is_refused_in_any_other_form) {
  for (const char* text : {"", "-1", "+1", "1.5", "yesterday", "99999999999999999999",
                           "253402300800000", "2026-11-23T11:00:00"}) {
    EXPECT_EQ(parse_before(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_before("253402300799999"), kTimeMsMax);
}

}  // namespace
}  // namespace ringtalk::app::protocol
