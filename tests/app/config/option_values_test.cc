#include "app/config/option_values.h"

#include <gtest/gtest.h>

namespace ringtalk::app::config {
namespace {

using namespace std::chrono_literals;

TEST(OptionValues, read_switches) {
  EXPECT_EQ(read_switch("on"), true);
  EXPECT_EQ(read_switch("false"), false);
  for (const char* text : {"", "ON", "1", "yes", "onn"}) EXPECT_EQ(read_switch(text), std::nullopt);
}

TEST(OptionValues, read_numbers) {
  EXPECT_EQ(read_number("0"), 0);
  EXPECT_EQ(read_number("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* text : {"", "-1", "+1", "1.0", "1k", " 1", "9223372036854775808"}) {
    EXPECT_EQ(read_number(text), std::nullopt) << text;
  }
}

TEST(OptionValues, read_sizes) {
  EXPECT_EQ(read_bytes("5"), 5);
  EXPECT_EQ(read_bytes("5B"), 5);
  EXPECT_EQ(read_bytes("64KiB"), 65'536);
  EXPECT_EQ(read_bytes("19MiB"), 19 * 1'048'576);
  EXPECT_EQ(read_bytes("2GiB"), 2'147'483'648);
  for (const char* text :
       {"", "KiB", "1KB", "1kib", "1 KiB", "1.5MiB", "-1KiB", "9223372036854775807GiB"}) {
    EXPECT_EQ(read_bytes(text), std::nullopt) << text;
  }
}

TEST(OptionValues, read_durations) {
  EXPECT_EQ(read_duration("500ms"), 500ms);
  EXPECT_EQ(read_duration("10s"), 10s);
  EXPECT_EQ(read_duration("15min"), 15min);
  EXPECT_EQ(read_duration("15m"), 15min);
  EXPECT_EQ(read_duration("12h"), 12h);
  EXPECT_EQ(read_duration("30d"), std::chrono::days(30));
  for (const char* text :
       {"", "10", "s", "10sec", "1.5s", "-1s", "10 s", "10S", "9223372036854775807d"}) {
    EXPECT_EQ(read_duration(text), std::nullopt) << text;
  }
}

TEST(OptionValues, are_shown_in_the_largest_unit_that_fits) {
  EXPECT_EQ(show_duration(0ms), "0ms");
  EXPECT_EQ(show_duration(1500ms), "1500ms");
  EXPECT_EQ(show_duration(60s), "1min");
  EXPECT_EQ(show_duration(std::chrono::days(30)), "30d");
  EXPECT_EQ(show_bytes(0), "0B");
  EXPECT_EQ(show_bytes(1025), "1025B");
  EXPECT_EQ(show_bytes(19 * 1'048'576), "19MiB");
}

}  // namespace
}  // namespace ringtalk::app::config
