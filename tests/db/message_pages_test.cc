#include "db/message_store.h"
#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using Seqs = std::vector<std::int64_t>;

class MessagePagesTest : public StoreTest {
 protected:
  MessagePagesTest() {
    add_users(3);
    add_group();  // of 1, 2, 3
  }
  /// `pattern`: m for a message of user 1, r for a rename.
  void fill(const std::string& pattern) {
    for (const char kind : pattern) {
      if (kind == 'm') {
        send(kGroup, 1, "message");
      } else {
        get(conversations.rename({.conversation_id = kGroup,
                                  .by_user_id = 1,
                                  .name = "name " + std::to_string(++names)}));
      }
    }
  }
  static Seqs seqs(const std::vector<EventRow>& events) {
    Seqs result;
    for (const EventRow& event : events) result.push_back(event.seq);
    return result;
  }
  MessagePage history(HistoryRequest request) {
    request.conversation_id = kGroup;
    return get(messages.history(request));
  }

  int names = 0;
};

TEST_F(MessagePagesTest, history_is_the_newest_messages_first) {
  fill("mmrmrr");
  const MessagePage page = history({.limit = 2});
  EXPECT_EQ(seqs(page.messages), (Seqs{4, 2}));
  EXPECT_TRUE(page.has_more);
  const MessagePage rest = history({.limit = 2, .before_seq = 2});
  EXPECT_EQ(seqs(rest.messages), Seqs{1});
  EXPECT_FALSE(rest.has_more);
  EXPECT_FALSE(history({.limit = 3}).has_more);
}

TEST_F(MessagePagesTest, history_after_a_seq_is_oldest_first) {
  fill("mrmmr");
  const MessagePage page = history({.limit = 2, .after_seq = 0});
  EXPECT_EQ(seqs(page.messages), (Seqs{1, 3}));
  EXPECT_TRUE(page.has_more);
  const MessagePage rest = history({.limit = 2, .after_seq = 3});
  EXPECT_EQ(seqs(rest.messages), Seqs{4});
  EXPECT_FALSE(rest.has_more);
  EXPECT_TRUE(history({.limit = 2, .after_seq = 5}).messages.empty());
  EXPECT_FALSE(history({.limit = 2, .after_seq = 99}).has_more);
}

TEST_F(MessagePagesTest, history_at_its_ends_is_empty) {
  EXPECT_TRUE(history({.limit = 5}).messages.empty());
  EXPECT_TRUE(history({.limit = 5, .after_seq = 0}).messages.empty());
  fill("m");
  EXPECT_TRUE(history({.limit = 5, .before_seq = 1}).messages.empty());
  EXPECT_TRUE(history({.limit = 5, .before_seq = 0}).messages.empty());
  EXPECT_EQ(seqs(history({.limit = 5, .before_seq = INT64_MAX}).messages), Seqs{1});
  EXPECT_TRUE(get(messages.history({.conversation_id = 999})).messages.empty());
}

TEST_F(MessagePagesTest, history_finds_messages_far_behind_other_events) {
  fill("mm");
  query(
      "INSERT INTO events SELECT 100, n, 2, 3, 0, 1, now(), NULL, '{}'"
      " FROM generate_series(3, 5000) n");
  query("UPDATE conversations SET last_seq = 5000 WHERE id = 100");
  fill("m");
  EXPECT_EQ(seqs(history({.limit = 3}).messages), (Seqs{5'001, 2, 1}));
  EXPECT_EQ(seqs(history({.limit = 1, .before_seq = 5'001}).messages), Seqs{2});
  EXPECT_EQ(seqs(history({.limit = 2, .after_seq = 1}).messages), (Seqs{2, 5'001}));
}

TEST_F(MessagePagesTest, pages_over_a_long_log_give_each_message_once) {
  fill("mrmmmrrmmrmmmmrmmm");
  Seqs back;
  HistoryRequest request{.limit = 4};
  while (true) {
    const MessagePage page = history(request);
    for (const std::int64_t seq : seqs(page.messages)) back.push_back(seq);
    if (!page.has_more) break;
    request.before_seq = page.messages.back().seq;
  }
  EXPECT_EQ(back, (Seqs{18, 17, 16, 14, 13, 12, 11, 9, 8, 5, 4, 3, 1}));
}

TEST_F(MessagePagesTest, messages_of_a_page_have_their_status) {
  fill("mm");
  get(marks.raise_marks({.conversation_id = kGroup, .user_id = 2, .read_seq = 2}));
  get(marks.raise_marks({.conversation_id = kGroup, .user_id = 3, .delivered_seq = 1}));
  const MessagePage page = history({.limit = 2});
  EXPECT_EQ(page.messages[0].status, MessageStatus::kSent);
  EXPECT_EQ(page.messages[1].status, MessageStatus::kDelivered);
}

TEST_F(MessagePagesTest, events_are_the_log_itself_with_its_head) {
  fill("mrm");
  const EventPage page =
      get(messages.events({.conversation_id = kGroup, .after_seq = 1, .limit = 1}));
  EXPECT_EQ(page.last_seq, 3);
  ASSERT_EQ(seqs(page.events), Seqs{2});
  EXPECT_EQ(page.events[0].kind, EventKind::kRenamed);
  EXPECT_EQ(page.events[0].conversation_id, kGroup);
  const EventPage all = get(messages.events({.conversation_id = kGroup, .limit = 200}));
  EXPECT_EQ(seqs(all.events), (Seqs{1, 2, 3}));
  const EventPage end = get(messages.events({.conversation_id = kGroup, .after_seq = 3}));
  EXPECT_TRUE(end.events.empty());
  EXPECT_EQ(end.last_seq, 3);
  EXPECT_EQ(get(messages.events({.conversation_id = 999})).last_seq, 0);
}

TEST_F(MessagePagesTest, finds_messages_and_no_other_events) {
  fill("mr");
  EXPECT_TRUE(get(messages.find_message(kGroup, 1)));
  EXPECT_FALSE(get(messages.find_message(kGroup, 2)));
  EXPECT_FALSE(get(messages.find_message(kGroup, 3)));
  EXPECT_FALSE(get(messages.find_message(kGroup, 0)));
  EXPECT_FALSE(get(messages.find_message(999, 1)));
}

TEST_F(MessagePagesTest, finds_the_first_seq_of_a_time_by_searching) {
  EXPECT_EQ(get(messages.first_seq_since(kGroup, 0)), 1);
  EXPECT_EQ(get(messages.first_seq_since(999, 0)), 1);
  // Seqs 1, 2, … at 1 s, 1 s, 2 s, 2 s, …: each time twice.
  query(
      "INSERT INTO events SELECT 100, n, n, 0, 0, 1, to_timestamp((n + 1) / 2), NULL, 'x'"
      " FROM generate_series(1, 1001) n");
  query("UPDATE conversations SET last_seq = 1001, last_number = 1001 WHERE id = 100");
  EXPECT_EQ(get(messages.first_seq_since(kGroup, 0)), 1);
  EXPECT_EQ(get(messages.first_seq_since(kGroup, 1'000)), 1);
  EXPECT_EQ(get(messages.first_seq_since(kGroup, 1'001)), 3);
  EXPECT_EQ(get(messages.first_seq_since(kGroup, 250'000)), 499);
  EXPECT_EQ(get(messages.first_seq_since(kGroup, 501'000)), 1'001);
  EXPECT_EQ(get(messages.first_seq_since(kGroup, 501'001)), 1'002);
}

}  // namespace
}  // namespace ringtalk::db::testing
