#include "db/conversation_store.h"
#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

class ConversationMarksTest : public StoreTest {
 protected:
  ConversationMarksTest() {
    add_users(4);
    add_group();  // of 1, 2, 3
  }
  std::optional<Marks> raise(std::int64_t user, std::optional<std::int64_t> delivered,
                             std::optional<std::int64_t> read) {
    return get(conversations.raise_marks({.conversation_id = kGroup,
                                          .user_id = user,
                                          .delivered_seq = delivered,
                                          .read_seq = read}));
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

TEST_F(ConversationMarksTest, only_rise) {
  for (int i = 0; i < 4; ++i) send(kGroup, 1, "x");
  EXPECT_EQ(raise(2, 3, std::nullopt)->delivered_seq, 3);
  const Marks lower = *raise(2, 2, 1);
  EXPECT_EQ(lower.delivered_seq, 3);
  EXPECT_EQ(lower.read_seq, 1);
  EXPECT_EQ(raise(2, std::nullopt, 0)->read_seq, 1);
  expect_marks(2, 3, 1, 3);
}

TEST_F(ConversationMarksTest, are_clamped_to_the_head) {
  send(kGroup, 1, "x");
  const Marks marks = *raise(2, 5, INT64_MAX);
  EXPECT_EQ(marks.delivered_seq, 1);
  EXPECT_EQ(marks.read_seq, 1);
  EXPECT_EQ(raise(3, INT64_MAX, std::nullopt)->delivered_seq, 1);
}

TEST_F(ConversationMarksTest, on_an_empty_log_stay_at_zero) {
  const Marks marks = *raise(2, 5, 5);
  EXPECT_EQ(marks.delivered_seq, 0);
  EXPECT_EQ(marks.read_seq, 0);
}

TEST_F(ConversationMarksTest, read_raises_delivered) {
  for (int i = 0; i < 3; ++i) send(kGroup, 1, "x");
  const Marks marks = *raise(2, std::nullopt, 2);
  EXPECT_EQ(marks.delivered_seq, 2);
  EXPECT_EQ(marks.read_seq, 2);
}

TEST_F(ConversationMarksTest, are_refused_for_who_is_no_member) {
  EXPECT_FALSE(raise(4, 1, 1));
  EXPECT_FALSE(get(conversations.raise_marks({.conversation_id = 999, .user_id = 1})));
}

TEST_F(ConversationMarksTest, unread_counts_messages_and_no_other_events) {
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

TEST_F(ConversationMarksTest, sending_reads_up_to_the_own_message) {
  send(kGroup, 1, "1");
  send(kGroup, 1, "2");
  expect_marks(2, 0, 0, 2);
  send(kGroup, 2, "3");
  expect_marks(2, 0, 3, 0);  // 1 and 2 have not been delivered
  expect_marks(1, 2, 2, 1);  // who sent them had all before
}

TEST_F(ConversationMarksTest, sending_delivers_the_own_message_only_right_after_the_mark) {
  send(kGroup, 1, "1");
  raise(2, 1, std::nullopt);
  send(kGroup, 2, "2");
  expect_marks(2, 2, 2, 0);
  send(kGroup, 1, "3");
  send(kGroup, 2, "4");
  expect_marks(2, 2, 4, 0);
}

TEST_F(ConversationMarksTest, several_own_messages_in_a_batch_raise_as_far_as_they_run) {
  std::vector<Draft> drafts;
  for (const std::int64_t sender : {1, 1, 2, 1}) {
    drafts.push_back({.conversation_id = kGroup,
                      .sender_id = sender,
                      .client_id = uuid_of(drafts.size()),
                      .body = "x"});
  }
  get(messages.commit(drafts));
  expect_marks(1, 2, 4, 0);
  expect_marks(2, 0, 3, 1);
  expect_marks(3, 0, 0, 4);
}

TEST_F(ConversationMarksTest, a_resend_leaves_the_marks_alone) {
  const Draft draft{
      .conversation_id = kGroup, .sender_id = 1, .client_id = uuid_of(1), .body = "x"};
  get(messages.commit({draft}));
  send(kGroup, 2, "y");
  get(messages.commit({draft}));
  expect_marks(1, 1, 1, 1);
}

TEST_F(ConversationMarksTest, many_are_raised_at_once_and_answered_in_order) {
  for (int i = 0; i < 3; ++i) send(kGroup, 1, "x");
  const auto marks = get(conversations.raise_many_marks(
      {{.conversation_id = kGroup, .user_id = 3, .read_seq = 2},
       {.conversation_id = kGroup, .user_id = 4, .read_seq = 2},
       {.conversation_id = kGroup, .user_id = 2, .delivered_seq = 9}}));
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0]->read_seq, 2);
  EXPECT_FALSE(marks[1]);
  EXPECT_EQ(marks[2]->delivered_seq, 3);
  EXPECT_EQ(marks[2]->read_seq, 0);
  EXPECT_TRUE(get(conversations.raise_many_marks({})).empty());
}

TEST_F(ConversationMarksTest, rows_that_would_not_change_are_not_written) {
  send(kGroup, 1, "x");
  raise(2, 1, 1);
  const auto version = query("SELECT xmin FROM members WHERE user_id = 2");
  raise(2, 1, 1);
  EXPECT_EQ(query("SELECT xmin FROM members WHERE user_id = 2"), version);
}

TEST_F(ConversationMarksTest, only_marks_go_without_waiting_for_the_disk) {
  constexpr Statement kSetting{"setting", "SELECT current_setting('synchronous_commit')"};
  raise(2, 1, 1);
  EXPECT_EQ(get(pool.writer().run(Segment(kSetting)))[0].text({0, 0}), "on");
}

TEST_F(ConversationMarksTest, members_are_told_with_their_marks) {
  send(kGroup, 1, "x");
  raise(3, 1, std::nullopt);
  const auto members = get(conversations.members(kGroup));
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].user_id, 1);
  EXPECT_EQ(members[0].read_seq, 1);
  EXPECT_EQ(members[2].user_id, 3);
  EXPECT_EQ(members[2].delivered_seq, 1);
  EXPECT_TRUE(get(conversations.members(999)).empty());
}

}  // namespace
}  // namespace ringtalk::db::testing
