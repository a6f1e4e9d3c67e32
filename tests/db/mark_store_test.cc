#include "db/mark_store.h"

#include <algorithm>

#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

class MarkStoreTest : public StoreTest {
 protected:
  MarkStoreTest() {
    add_users(4);
    add_group();  // of 1, 2, 3
  }
  std::optional<Marks> raise(std::int64_t user, std::optional<std::int64_t> delivered,
                             std::optional<std::int64_t> read) {
    return get(marks.raise_marks({.conversation_id = kGroup,
                                  .user_id = user,
                                  .delivered_seq = delivered,
                                  .read_seq = read}));
  }
  /// Own messages: `first` to `last` of each run.
  std::optional<Marks> sent(std::int64_t user, std::vector<OwnRun> runs,
                            std::optional<std::int64_t> delivered = std::nullopt,
                            std::optional<std::int64_t> read = std::nullopt) {
    return get(marks.raise_marks({.conversation_id = kGroup,
                                  .user_id = user,
                                  .delivered_seq = delivered,
                                  .read_seq = read,
                                  .own_runs = std::move(runs)}));
  }
  void expect_marks(std::int64_t user, std::int64_t delivered, std::int64_t read,
                    std::int64_t unread) {
    const ConversationRow row = *get(conversations.find(kGroup, user));
    EXPECT_EQ(row.delivered_seq, delivered);
    EXPECT_EQ(row.read_seq, read);
    EXPECT_EQ(row.unread_count, unread);
  }
  void rename() {
    static int names = 0;
    get(conversations.rename(
        {.conversation_id = kGroup, .by_user_id = 1, .name = std::to_string(++names)}));
  }
};

TEST_F(MarkStoreTest, only_rise) {
  for (int i = 0; i < 4; ++i) send(kGroup, 1, "x");
  EXPECT_EQ(raise(2, 3, std::nullopt)->delivered_seq, 3);
  const Marks lower = *raise(2, 2, 1);
  EXPECT_EQ(lower.delivered_seq, 3);
  EXPECT_EQ(lower.read_seq, 1);
  EXPECT_EQ(raise(2, std::nullopt, 0)->read_seq, 1);
  expect_marks(2, 3, 1, 3);
}

TEST_F(MarkStoreTest, are_clamped_to_the_head) {
  send(kGroup, 1, "x");
  const Marks now = *raise(2, 5, INT64_MAX);
  EXPECT_EQ(now.delivered_seq, 1);
  EXPECT_EQ(now.read_seq, 1);
  EXPECT_EQ(raise(3, INT64_MAX, std::nullopt)->delivered_seq, 1);
}

TEST_F(MarkStoreTest, on_an_empty_log_stay_at_zero) {
  const Marks now = *raise(2, 5, 5);
  EXPECT_EQ(now.delivered_seq, 0);
  EXPECT_EQ(now.read_seq, 0);
}

TEST_F(MarkStoreTest, read_raises_delivered) {
  for (int i = 0; i < 3; ++i) send(kGroup, 1, "x");
  const Marks now = *raise(2, std::nullopt, 2);
  EXPECT_EQ(now.delivered_seq, 2);
  EXPECT_EQ(now.read_seq, 2);
}

TEST_F(MarkStoreTest, are_refused_for_who_is_no_member) {
  EXPECT_FALSE(raise(4, 1, 1));
  EXPECT_FALSE(get(marks.raise_marks({.conversation_id = 999, .user_id = 1})));
}

TEST_F(MarkStoreTest, unread_counts_messages_and_no_other_events) {
  send(kGroup, 1, "1");
  rename();
  send(kGroup, 1, "3");
  rename();
  rename();
  send(kGroup, 3, "6");
  expect_marks(2, 0, 0, 3);
  raise(2, std::nullopt, 2);
  expect_marks(2, 2, 2, 2);
  raise(2, std::nullopt, 5);
  expect_marks(2, 5, 5, 1);
  raise(2, std::nullopt, 6);
  expect_marks(2, 6, 6, 0);
}

TEST_F(MarkStoreTest, a_commit_leaves_them_alone) {
  send(kGroup, 1, "x");
  expect_marks(1, 0, 0, 1);
}

TEST_F(MarkStoreTest, an_own_message_reads_up_to_itself) {
  for (int i = 0; i < 4; ++i) send(kGroup, i < 3 ? 1 : 2, "x");
  sent(2, {{4, 4}});
  expect_marks(2, 0, 4, 0);  // the first three have not been delivered
  sent(1, {{1, 3}});
  expect_marks(1, 3, 3, 1);  // who sent them had all before
}

TEST_F(MarkStoreTest, an_own_message_is_delivered_only_right_after_the_mark) {
  for (int i = 0; i < 7; ++i) send(kGroup, 1, "x");
  raise(2, 4, std::nullopt);
  sent(2, {{5, 5}});
  expect_marks(2, 5, 5, 2);
  sent(2, {{7, 7}});
  expect_marks(2, 5, 7, 0);
}

TEST_F(MarkStoreTest, of_several_own_runs_each_counts_for_itself) {
  for (int i = 0; i < 9; ++i) send(kGroup, 1, "x");
  raise(2, 2, std::nullopt);
  sent(2, {{7, 8}, {3, 5}});
  expect_marks(2, 5, 8, 1);
  sent(3, {{2, 3}, {5, 5}, {9, 9}}, 4);  // the mark of the same request stands before the second
  expect_marks(3, 5, 9, 0);
}

TEST_F(MarkStoreTest, what_was_read_in_the_same_request_was_delivered_before_an_own_message) {
  for (int i = 0; i < 5; ++i) send(kGroup, 1, "x");
  sent(2, {{4, 4}}, std::nullopt, 3);
  expect_marks(2, 4, 4, 1);
}

TEST_F(MarkStoreTest, old_own_messages_leave_the_marks_alone) {
  for (int i = 0; i < 3; ++i) send(kGroup, 1, "x");
  raise(1, 3, 3);
  EXPECT_FALSE(sent(1, {{1, 1}})->is_changed);
  expect_marks(1, 3, 3, 0);
}

TEST_F(MarkStoreTest, say_whether_they_have_changed) {
  for (int i = 0; i < 3; ++i) send(kGroup, 1, "x");
  EXPECT_TRUE(raise(2, 2, std::nullopt)->is_changed);
  EXPECT_FALSE(raise(2, 2, std::nullopt)->is_changed);
  EXPECT_FALSE(raise(2, 1, 0)->is_changed);
  EXPECT_TRUE(raise(2, std::nullopt, 1)->is_changed);
  EXPECT_TRUE(raise(2, 9, std::nullopt)->is_changed);
  EXPECT_FALSE(raise(2, 9, std::nullopt)->is_changed) << "the head is the head";
}

TEST_F(MarkStoreTest, runs_of_several_members_do_not_mix) {
  for (int i = 0; i < 4; ++i) send(kGroup, 1, "x");
  get(marks.raise_many_marks({{.conversation_id = kGroup, .user_id = 3, .own_runs = {{3, 3}}},
                              {.conversation_id = kGroup, .user_id = 2},
                              {.conversation_id = kGroup, .user_id = 1, .own_runs = {{1, 2}}}}));
  expect_marks(1, 2, 2, 2);
  expect_marks(2, 0, 0, 4);
  expect_marks(3, 0, 3, 1);
}

TEST_F(MarkStoreTest, batches_that_cross_on_two_connections_do_not_deadlock) {
  for (std::int64_t id = 1'000; id < 1'100; ++id) {
    get(conversations.create_group({.id = id,
                                    .name = "g",
                                    .creator_id = 1,
                                    .member_ids = {2, 3},
                                    .created_at_ms = kSomeTime}));
    for (int i = 0; i < 3; ++i) send(id, 1, "x");
  }
  Pool other(*reactor, log, options_for(database));
  other.open();
  PgMarkStore elsewhere(other);
  constexpr std::int64_t kRounds = 20;
  std::vector<std::optional<reactor::Result<std::vector<std::optional<Marks>>>>> outcomes(2 *
                                                                                          kRounds);
  for (std::int64_t round = 0; round < kRounds; ++round) {
    std::vector<MarkRequest> requests;
    for (std::int64_t id = 1'000; id < 1'100; ++id) {
      requests.push_back({.conversation_id = id, .user_id = 1 + id % 3, .read_seq = round % 4});
    }
    begin(marks.raise_many_marks(requests), outcomes[static_cast<std::size_t>(2 * round)]);
    std::ranges::reverse(requests);
    begin(elsewhere.raise_many_marks(requests), outcomes[static_cast<std::size_t>(2 * round + 1)]);
  }
  for (auto& outcome : outcomes) {
    turn_until([&] { return outcome.has_value(); });
    ASSERT_TRUE(outcome->has_value()) << outcome->error().code;
  }
  EXPECT_EQ(query("SELECT count(*) FROM members WHERE read_seq = 3 AND read_number = 3"),
            std::vector<std::string>{"100"});
  finish(other.close());
}

TEST_F(MarkStoreTest, many_are_raised_at_once_and_answered_in_order) {
  for (int i = 0; i < 3; ++i) send(kGroup, 1, "x");
  const auto raised =
      get(marks.raise_many_marks({{.conversation_id = kGroup, .user_id = 3, .read_seq = 2},
                                  {.conversation_id = kGroup, .user_id = 4, .read_seq = 2},
                                  {.conversation_id = kGroup, .user_id = 2, .delivered_seq = 9}}));
  ASSERT_EQ(raised.size(), 3U);
  EXPECT_EQ(raised[0]->read_seq, 2);
  EXPECT_FALSE(raised[1]);
  EXPECT_EQ(raised[2]->delivered_seq, 3);
  EXPECT_EQ(raised[2]->read_seq, 0);
  EXPECT_TRUE(get(marks.raise_many_marks({})).empty());
}

TEST_F(MarkStoreTest, rows_that_would_not_change_are_not_written) {
  send(kGroup, 1, "x");
  raise(2, 1, 1);
  const auto version = query("SELECT xmin FROM members WHERE user_id = 2");
  raise(2, 1, 1);
  EXPECT_EQ(query("SELECT xmin FROM members WHERE user_id = 2"), version);
}

TEST_F(MarkStoreTest, only_marks_go_without_waiting_for_the_disk) {
  constexpr Statement kSetting{"setting", "SELECT current_setting('synchronous_commit')"};
  raise(2, 1, 1);
  EXPECT_EQ(get(pool.writer().run(Segment(kSetting)))[0].text({0, 0}), "on");
}

TEST_F(MarkStoreTest, members_are_told_with_their_marks) {
  send(kGroup, 1, "x");
  raise(3, 1, std::nullopt);
  const auto members = get(conversations.members(kGroup));
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].user_id, 1);
  EXPECT_EQ(members[0].read_seq, 0);
  EXPECT_EQ(members[2].user_id, 3);
  EXPECT_EQ(members[2].delivered_seq, 1);
  EXPECT_TRUE(get(conversations.members(999)).empty());
}

}  // namespace
}  // namespace ringtalk::db::testing
