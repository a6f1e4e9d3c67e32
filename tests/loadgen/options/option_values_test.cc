#include "loadgen/options/option_values.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

TEST(OptionValues, counts_are_digits_within_bounds) {
  EXPECT_EQ(read_count("1", {.min = 1, .max = 9}), 1u);
  EXPECT_EQ(read_count("9", {.min = 1, .max = 9}), 9u);
  EXPECT_EQ(read_count("10", {.min = 1, .max = 9}).error(), "10 is out of bounds");
  EXPECT_FALSE(read_count("0", {.min = 1, .max = 9}).has_value());
  for (const std::string_view text :
       {"", "x", "1x", "-1", "+1", " 1", "1.5", "99999999999999999999"})
    EXPECT_FALSE(read_count(text, {.min = 0, .max = ~std::uint64_t{0}}).has_value()) << text;
}

TEST(OptionValues, sizes_have_units) {
  constexpr Bounds<std::uint64_t> kBounds{.min = 64, .max = 16'384};
  EXPECT_EQ(read_size("64", kBounds), 64u);
  EXPECT_EQ(read_size("64B", kBounds), 64u);
  EXPECT_EQ(read_size("16KiB", kBounds), 16'384u);
  EXPECT_FALSE(read_size("16385", kBounds).has_value());
  EXPECT_FALSE(read_size("63", kBounds).has_value());
  EXPECT_FALSE(read_size("1MiB", kBounds).has_value());
  EXPECT_FALSE(read_size("18446744073709551615KiB", kBounds).has_value());
  EXPECT_EQ(read_size("4KB", kBounds).error(), "\"4KB\" is no size; write 200, 4KiB or 1MiB");
}

TEST(OptionValues, addresses_are_a_list_of_different_ones) {
  EXPECT_EQ(read_addresses("127.0.0.2,::1")->size(), 2u);
  for (const std::string_view text : {"", "127.0.0.2,", ",127.0.0.2", "host", "127.0.0.256"})
    EXPECT_FALSE(read_addresses(text).has_value()) << text;
  EXPECT_EQ(read_addresses("10.0.0.1,10.0.0.1").error(), "10.0.0.1 is there twice");
  std::string many;
  for (std::size_t count = 0; count < kAddressesMax; ++count)
    many += fmt::format("{}10.0.{}.{}", count == 0 ? "" : ",", count / 100, count % 100);
  EXPECT_EQ(read_addresses(many)->size(), kAddressesMax);
  EXPECT_EQ(read_addresses(many + ",10.1.1.1").error(), "more than 256 addresses");
}

TEST(OptionValues, urls_have_scheme_and_host) {
  EXPECT_EQ(read_url("http://[::1]:8080"), "http://[::1]:8080");
  EXPECT_EQ(read_url("https://chat.example"), "https://chat.example");
  for (const std::string_view text : {"", "chat.example", "http://", "http:///v1", "ws://host"})
    EXPECT_FALSE(read_url(text).has_value()) << text;
}

}  // namespace
}  // namespace ringtalk::loadgen
