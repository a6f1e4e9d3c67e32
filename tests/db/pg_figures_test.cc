#include "db/pg_figures.h"

#include <gtest/gtest.h>

#include <chrono>

namespace ringtalk::db {
namespace {

using namespace std::chrono_literals;

TEST(PgFigures, counts_an_answer_in_the_bucket_of_its_power_of_two) {
  PgFigures figures;
  figures.record(0us, false);
  figures.record(1us, false);
  figures.record(1'023us, false);
  figures.record(1'024us, true);
  figures.record(1h, false);
  EXPECT_EQ(figures.latency[0], 1U);
  EXPECT_EQ(figures.latency[1], 1U);
  EXPECT_EQ(figures.latency[10], 1U);
  EXPECT_EQ(figures.latency[11], 1U);
  EXPECT_EQ(figures.latency[PgFigures::kLatencyBuckets - 1], 1U);
  EXPECT_EQ(figures.answered, 5U);
  EXPECT_EQ(figures.failed, 1U);
  EXPECT_EQ(figures.time_in_flight, 1h + 2'048us);
}

}  // namespace
}  // namespace ringtalk::db
