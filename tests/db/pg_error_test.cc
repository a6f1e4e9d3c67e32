#include "db/pg_error.h"

#include <gtest/gtest.h>

namespace ringtalk::db {
namespace {

using enum reactor::ErrorKind;

TEST(PgError, tells_what_a_caller_may_do_from_the_sqlstate) {
  EXPECT_EQ(error_kind_of(""), kUnavailable);
  EXPECT_EQ(error_kind_of("08006"), kUnavailable);
  EXPECT_EQ(error_kind_of("57P01"), kUnavailable);
  EXPECT_EQ(error_kind_of("57P03"), kUnavailable);
  EXPECT_EQ(error_kind_of("57014"), kTimedOut);
  EXPECT_EQ(error_kind_of("40P01"), kOverloaded);
  EXPECT_EQ(error_kind_of("40001"), kOverloaded);
  EXPECT_EQ(error_kind_of("55P03"), kOverloaded);
  EXPECT_EQ(error_kind_of("53300"), kOverloaded);
  EXPECT_EQ(error_kind_of("22021"), kInvalid);
  EXPECT_EQ(error_kind_of("23505"), kInvalid);
  EXPECT_EQ(error_kind_of("42P01"), kProtocol);
}

TEST(PgError, a_malformed_message_of_ours_does_not_end_the_connection) {
  EXPECT_TRUE(ends_connection("08006"));
  EXPECT_TRUE(ends_connection("57P01"));
  EXPECT_FALSE(ends_connection("08P01"));
  EXPECT_FALSE(ends_connection("57014"));
  EXPECT_FALSE(ends_connection(""));
}

}  // namespace
}  // namespace ringtalk::db
