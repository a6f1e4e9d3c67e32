#include "db/pg_parameters.h"

#include <gtest/gtest.h>

#include "db/pg_types.h"

namespace ringtalk::db {
namespace {

using std::string_view_literals::operator""sv;

std::string only_value(const PgParameters& parameters) {
  const PgParameters::View view = parameters.view();
  EXPECT_EQ(view.values.size(), 1U);
  EXPECT_EQ(view.formats.at(0), 1);
  return {view.values.at(0), static_cast<std::size_t>(view.lengths.at(0))};
}

TEST(PgParameters, writes_integers_big_endian) {
  EXPECT_EQ(only_value(PgParameters().int4(0x01020304)), "\1\2\3\4"sv);
  EXPECT_EQ(only_value(PgParameters().int8(-2)), "\xff\xff\xff\xff\xff\xff\xff\xfe"sv);
}

TEST(PgParameters, writes_times_as_microseconds_since_2000) {
  EXPECT_EQ(only_value(PgParameters().time(kPgEpochUnixMs)), "\0\0\0\0\0\0\0\0"sv);
  EXPECT_EQ(only_value(PgParameters().time(kPgEpochUnixMs + 1)), "\0\0\0\0\0\0\3\xe8"sv);
  EXPECT_EQ(unix_ms_of(pg_time_of(1'795'000'000'123)), 1'795'000'000'123);
}

TEST(PgParameters, writes_an_array_with_one_dimension_from_one) {
  const std::vector<std::int32_t> values = {5, 6};
  EXPECT_EQ(only_value(PgParameters().int4_array(values)),
            "\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\2\0\0\0\1\0\0\0\4\0\0\0\5\0\0\0\4\0\0\0\6"sv);
}

TEST(PgParameters, writes_an_empty_array_without_a_dimension) {
  EXPECT_EQ(only_value(PgParameters().text_array({})), "\0\0\0\0\0\0\0\0\0\0\0\x19"sv);
}

TEST(PgParameters, tells_a_null_from_an_empty_text) {
  const PgParameters parameters = PgParameters().text("").optional_int8({}).optional_time({});
  const PgParameters::View view = parameters.view();
  EXPECT_NE(view.values[0], nullptr);
  EXPECT_EQ(view.lengths[0], 0);
  EXPECT_EQ(view.values[1], nullptr);
  EXPECT_EQ(view.values[2], nullptr);
}

TEST(PgParameters, knows_the_types_it_was_given) {
  const PgParameters parameters = PgParameters().int8(1).text("x").optional_time({});
  const std::vector<Oid> types(parameters.types().begin(), parameters.types().end());
  EXPECT_EQ(types, (std::vector<Oid>{oid::kInt8, oid::kText, oid::kTimestamptz}));
}

}  // namespace
}  // namespace ringtalk::db
