#include "loadgen/measure/duration_text.h"

#include <gtest/gtest.h>

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, reads_a_number_with_a_unit) {
  EXPECT_EQ(read_duration("500ms"), 500ms);
  EXPECT_EQ(read_duration("10s"), 10s);
  EXPECT_EQ(read_duration("5min"), 5min);
  EXPECT_EQ(read_duration("1.5h"), 90min);
  EXPECT_EQ(read_duration("2d"), 48h);
  EXPECT_EQ(read_duration("250us"), 250us);
  EXPECT_EQ(read_duration("100ns"), 100ns);
  EXPECT_EQ(read_duration("0s"), 0s);
  EXPECT_EQ(read_duration("36525d"), 24h * 36'525);
}

TEST(DurationText, refuses_what_is_none) {
  for (const std::string_view text : {"", "5", "s", "-5s", "5 s", "1e3s", "5sec", "1.2.3s", ".5s",
                                      "5.s", "36526d", "999999999999999999999s"})
    EXPECT_FALSE(read_duration(text).has_value()) << text;
}

TEST(DurationText, shows_three_digits) {
  EXPECT_EQ(show_duration(0ns), "0");
  EXPECT_EQ(show_duration(100ns), "0.10 us");
  EXPECT_EQ(show_duration(12'345ns), "12.3 us");
  EXPECT_EQ(show_duration(999'499ns), "999 us");
  EXPECT_EQ(show_duration(999'500ns), "1.00 ms");
  EXPECT_EQ(show_duration(9'996us), "10.0 ms");
  EXPECT_EQ(show_duration(99'960us), "100 ms");
  EXPECT_EQ(show_duration(1'250ms), "1.25 s");
  EXPECT_EQ(show_duration(119s), "119 s");
  EXPECT_EQ(show_duration(125s), "2 min 5 s");
  EXPECT_EQ(show_duration(3h + 5min), "3 h 5 min");
}

TEST(DurationText, writes_what_it_reads) {
  for (const auto duration : std::initializer_list<std::chrono::nanoseconds>{
           0s, 1ns, 1'500us, 1'500ms, 90min, 48h, 17s, 1h + 1ns})
    EXPECT_EQ(read_duration(write_duration(duration)), duration);
  EXPECT_EQ(write_duration(1'500ms), "1500ms");
  EXPECT_EQ(write_duration(120s), "2min");
}

}  // namespace
}  // namespace ringtalk::loadgen
