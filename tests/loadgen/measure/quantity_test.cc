#include "loadgen/measure/quantity.h"

#include <gtest/gtest.h>

#include "some_result.h"

namespace ringtalk::loadgen {
namespace {

double value_of(std::string_view text) {
  const auto quantity = parse_quantity(text);
  EXPECT_TRUE(quantity.has_value()) << text;
  return quantity->of(test::some_result()).value_or(-1);
}

TEST(Quantity, names_statistics_counters_rates_accounts_and_figures) {
  EXPECT_EQ(value_of("connect.p50"), 700e3);
  EXPECT_EQ(value_of("ack.min"), 2e6);
  EXPECT_NEAR(value_of("ack.mean"), 4.4975e6, 1);
  EXPECT_EQ(value_of("ack.max"), value_of("ack.p100"));
  EXPECT_NEAR(value_of("ack.p99.9"), 6.99e6, 10e3);
  EXPECT_EQ(value_of("acked"), 10'000);
  EXPECT_EQ(value_of("acked.rate"), 1'000);
  EXPECT_EQ(value_of("expected"), 10'000);
  EXPECT_EQ(value_of("lost"), 0);
  EXPECT_EQ(value_of("figure:bytes_per_connection"), 1'987.5);
}

TEST(Quantity, has_no_value_of_what_was_not_measured) {
  EXPECT_EQ(value_of("resume.p99"), -1);
  EXPECT_EQ(value_of("figure:max_rate"), -1);
}

TEST(Quantity, of_no_series_is_of_the_default_one) {
  const auto quantity = parse_quantity("p99", "ack");
  ASSERT_TRUE(quantity.has_value());
  EXPECT_EQ(quantity->series, Series::kAck);
  EXPECT_EQ(quantity->name, "ack.p99");
  EXPECT_FALSE(parse_quantity("p99").has_value());
}

struct Bad {
  std::string_view text;
  std::size_t position;
  std::string_view words;  // are among those of the fault
};

TEST(Quantity, faults_name_the_position_and_what_is_allowed) {
  for (const Bad& bad : {Bad{"akc.p99", 0, "ack, deliver"}, Bad{"ack.q99", 4, "any percentile"},
                         Bad{"ack", 3, "any percentile"}, Bad{"ack.p", 4, "any percentile"},
                         Bad{"ack.p100.1", 4, "any percentile"}, Bad{"ack.p-1", 4, "percentile"},
                         Bad{"acked.p99", 6, "allowed is rate"}, Bad{"", 0, "a counter (sent"},
                         Bad{"figure:", 7, "name of a figure"}, Bad{"figure:a b", 8, "digits"}}) {
    const auto quantity = parse_quantity(bad.text);
    ASSERT_FALSE(quantity.has_value()) << bad.text;
    EXPECT_EQ(quantity.error().position, bad.position) << bad.text;
    EXPECT_NE(quantity.error().words.find(bad.words), std::string::npos) << quantity.error().words;
  }
  EXPECT_TRUE(parse_quantity("ack.p100").has_value());
  EXPECT_TRUE(parse_quantity("ack.p0").has_value());
}

TEST(Quantity, is_shown_with_its_unit) {
  EXPECT_EQ(parse_quantity("ack.p99")->show(12'345'000), "12.3 ms");
  EXPECT_EQ(parse_quantity("acked.rate")->show(999.96), "1000.0/s");
  EXPECT_EQ(parse_quantity("lost")->show(3), "3");
  EXPECT_EQ(parse_quantity("figure:x")->show(1'987.5), "1987.50");
}

}  // namespace
}  // namespace ringtalk::loadgen
