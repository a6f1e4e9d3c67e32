#include "db/pool.h"

#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

class PoolTest : public StoreTest {
 protected:
  /// Segments that both connections have been given and not answered.
  std::size_t in_flight() {
    return pool.writer().figures().in_flight + pool.reader().figures().in_flight;
  }
};

TEST_F(PoolTest, both_connections_plan_anew_at_1000_10000_and_100000_messages) {
  turn_until([&] { return pool.is_available() && in_flight() == 0; });
  std::vector<std::uint64_t> refreshed_at;
  std::uint64_t stored = 0;
  for (const std::size_t count : {999, 1, 1, 8'998, 1, 89'999, 1, 1, 500'000}) {
    pool.note_stored(count);
    stored += count;
    if (in_flight() == 2) refreshed_at.push_back(stored);
    turn_until([&] { return in_flight() == 0; });
  }
  EXPECT_EQ(refreshed_at, (std::vector<std::uint64_t>{1'000, 10'000, 100'000}));
  EXPECT_EQ(pool.writer().figures().failed, 0U);
}

TEST_F(PoolTest, is_unavailable_while_one_of_its_connections_is_away) {
  turn_until([&] { return pool.is_available(); });
  query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
      " WHERE application_name = 'ringtalk' ORDER BY backend_start LIMIT 1");
  turn_until([&] { return !pool.is_available(); });
  turn_until([&] { return pool.is_available(); });
  EXPECT_EQ(log.count("db.lost"), 1U);
}

}  // namespace
}  // namespace ringtalk::db::testing
