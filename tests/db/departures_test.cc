// Who has lately ceased to be a member: kept by removals, asked for page by page.
#include <algorithm>

#include "db/conversation_store.h"
#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using enum ChangeResult::Outcome;
using Strings = std::vector<std::string>;

class DeparturesTest : public StoreTest {
 protected:
  DeparturesTest() {
    add_users(3);
    add_group();  // of 1, 2, 3
  }
  ChangeResult::Outcome remove(std::int64_t by, std::int64_t user, std::int64_t id = kGroup) {
    return get(conversations.remove_member(
                   {.conversation_id = id, .by_user_id = by, .user_id = user}))
        .outcome;
  }
  void add(std::int64_t user) {
    ASSERT_EQ(get(conversations.add_members(
                      {.conversation_id = kGroup, .by_user_id = 1, .user_ids = {user}}))
                  .outcome,
              kDone);
  }
  DeparturePage ask(DepartureRow after = {}, std::int64_t limit = kDeparturesMax) {
    return get(conversations.recent_departures({.after = after, .limit = limit}));
  }
  /// Departures of users 1 to `count` from conversation 7, all at one time.
  void add_departures(std::int64_t count, const std::string& left_at) {
    query("INSERT INTO departures SELECT 7, n, " + left_at + " FROM generate_series(1, " +
          std::to_string(count) + ") n");
  }
  static constexpr auto kAtSomeTime = "'2026-11-24 10:00:00.123Z'";
};

TEST_F(DeparturesTest, a_removal_is_a_departure_at_the_databases_time) {
  const std::int64_t before_ms = ask().now_ms;
  EXPECT_TRUE(ask().departures.empty());
  ASSERT_EQ(remove(2, 2), kDone);
  ASSERT_EQ(remove(1, 3), kDone);  // perhaps in the same millisecond: then by user
  const DeparturePage page = ask();
  ASSERT_EQ(page.departures.size(), 2U);
  EXPECT_EQ(page.departures[0].conversation_id, kGroup);
  EXPECT_EQ(page.departures[0].user_id, 2);
  EXPECT_EQ(page.departures[1].user_id, 3);
  EXPECT_LE(before_ms, page.departures[0].left_at_ms);
  EXPECT_LE(page.departures[0].left_at_ms, page.departures[1].left_at_ms);
  EXPECT_LE(page.departures[1].left_at_ms, page.now_ms);
  EXPECT_FALSE(page.has_more);
}

TEST_F(DeparturesTest, what_removes_nobody_is_none) {
  get(conversations.create_direct(
      {.id = 200, .creator_id = 1, .other_id = 2, .created_at_ms = kSomeTime}));
  EXPECT_EQ(remove(2, 3), kForbidden);
  EXPECT_EQ(remove(1, 4), kNotFound);
  EXPECT_EQ(remove(4, 4), kNotFound);
  EXPECT_EQ(remove(1, 1, 200), kIsDirect);
  EXPECT_TRUE(ask().departures.empty());
}

TEST_F(DeparturesTest, each_departure_of_one_pair_is_later_than_the_one_before) {
  std::int64_t last_ms = 0;
  for (int round = 0; round < 5; ++round) {
    ASSERT_EQ(remove(1, 2), kDone);
    const DeparturePage page = ask();
    ASSERT_EQ(page.departures.size(), 1U);
    EXPECT_GT(page.departures[0].left_at_ms, last_ms);
    last_ms = page.departures[0].left_at_ms;
    add(2);
  }
  // Also when the clock was set back.
  query("UPDATE departures SET left_at = left_at + interval '10 minutes'");
  const std::int64_t ahead_ms = ask().departures.at(0).left_at_ms;
  ASSERT_EQ(remove(1, 2), kDone);
  EXPECT_EQ(ask().departures.at(0).left_at_ms, ahead_ms + 1);
}

TEST_F(DeparturesTest, are_given_from_a_time_on_and_strictly_behind_a_row) {
  add_departures(3, kAtSomeTime);
  const std::int64_t at_ms = ask().departures.at(0).left_at_ms;
  EXPECT_EQ(ask({.left_at_ms = at_ms}).departures.size(), 3U);
  EXPECT_EQ(ask({.left_at_ms = at_ms + 1}).departures.size(), 0U);
  EXPECT_EQ(ask({.left_at_ms = at_ms, .conversation_id = 7, .user_id = 2}).departures,
            (std::vector<DepartureRow>{{.left_at_ms = at_ms, .conversation_id = 7, .user_id = 3}}));
}

TEST_F(DeparturesTest, a_full_page_is_all_and_past_it_the_next_one_goes_on) {
  add_departures(kDeparturesMax, kAtSomeTime);
  EXPECT_EQ(std::ssize(ask().departures), kDeparturesMax);
  EXPECT_FALSE(ask().has_more);

  query("TRUNCATE departures");
  add_departures(kDeparturesMax + 1, kAtSomeTime);
  const DeparturePage page = ask();
  EXPECT_EQ(std::ssize(page.departures), kDeparturesMax);
  EXPECT_TRUE(page.has_more);
  EXPECT_TRUE(std::ranges::is_sorted(page.departures));
  const DeparturePage rest = ask(page.departures.back());
  ASSERT_EQ(rest.departures.size(), 1U);
  EXPECT_EQ(rest.departures[0].user_id, kDeparturesMax + 1);
  EXPECT_FALSE(rest.has_more);
}

TEST_F(DeparturesTest, a_removal_takes_a_few_along_that_are_older_than_an_hour) {
  add_departures(10, "now() - interval '61 minutes'");
  query("INSERT INTO departures VALUES (8, 1, now() - interval '59 minutes')");
  ASSERT_EQ(remove(1, 2), kDone);
  EXPECT_EQ(query("SELECT conversation_id FROM departures ORDER BY 1"), (Strings{"8", "100"}));

  add_departures(11, "now() - interval '61 minutes'");
  ASSERT_EQ(remove(1, 3), kDone);
  EXPECT_EQ(query("SELECT count(*) FROM departures WHERE conversation_id = 7"), Strings{"1"});
}

TEST_F(DeparturesTest, a_removal_renews_the_old_row_of_its_own_pair) {
  query("INSERT INTO departures VALUES (100, 2, now() - interval '2 hours')");
  const std::int64_t now_ms = ask().now_ms;
  ASSERT_EQ(remove(1, 2), kDone);
  ASSERT_EQ(ask().departures.size(), 1U);
  EXPECT_GE(ask().departures[0].left_at_ms, now_ms);
}

}  // namespace
}  // namespace ringtalk::db::testing
