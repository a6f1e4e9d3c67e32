#include "db/conversation_store.h"
#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using enum ChangeResult::Outcome;
using Ids = std::vector<std::int64_t>;

class ConversationChangesTest : public StoreTest {
 protected:
  ConversationChangesTest() {
    add_users(6);
    add_group();  // of 1, 2, 3
    get(conversations.create_direct(
        {.id = kDirect, .creator_id = 1, .other_id = 2, .created_at_ms = kSomeTime}));
  }
  ChangeResult rename(std::int64_t id, std::int64_t by, std::string name) {
    return get(
        conversations.rename({.conversation_id = id, .by_user_id = by, .name = std::move(name)}));
  }
  ChangeResult add(std::int64_t id, std::int64_t by, Ids users_added) {
    return get(conversations.add_members(
        {.conversation_id = id, .by_user_id = by, .user_ids = std::move(users_added)}));
  }
  ChangeResult remove(std::int64_t id, std::int64_t by, std::int64_t user) {
    return get(
        conversations.remove_member({.conversation_id = id, .by_user_id = by, .user_id = user}));
  }
  EventRow last_event(std::int64_t id) {
    const std::int64_t head = get(conversations.last_seqs({id}))[0].last_seq;
    return get(messages.events({.conversation_id = id, .after_seq = head - 1})).events.at(0);
  }

  static constexpr std::int64_t kDirect = 200;
};

TEST_F(ConversationChangesTest, a_rename_is_an_event) {
  send(kGroup, 2, "hello");
  const ChangeResult change = rename(kGroup, 3, "a \"new\"\n näme");
  ASSERT_EQ(change.outcome, kDone);
  EXPECT_EQ(change.event->conversation_id, kGroup);
  EXPECT_EQ(change.event->seq, 2);
  EXPECT_EQ(change.event->number, 1);
  EXPECT_EQ(change.event->kind, EventKind::kRenamed);
  EXPECT_EQ(change.event->sender_id, 3);
  EXPECT_EQ(change.event->body, R"({"name":"a \"new\"\n näme","byUserId":"3"})");

  const EventRow stored = last_event(kGroup);
  EXPECT_EQ(stored.seq, 2);
  EXPECT_EQ(stored.kind, EventKind::kRenamed);
  EXPECT_EQ(stored.sender_id, 3);
  EXPECT_EQ(stored.body, change.event->body);
  EXPECT_EQ(stored.created_at_ms, change.event->created_at_ms);
  EXPECT_EQ(stored.client_id, std::nullopt);
  const ConversationRow group = *get(conversations.find(kGroup, 1));
  EXPECT_EQ(group.name, "a \"new\"\n näme");
  EXPECT_EQ(group.activity_ms, change.event->created_at_ms);
}

TEST_F(ConversationChangesTest, a_rename_to_the_same_name_is_none) {
  EXPECT_EQ(rename(kGroup, 1, "group").outcome, kNothingToDo);
  EXPECT_EQ(get(conversations.find(kGroup, 1))->last_seq, 0);
}

TEST_F(ConversationChangesTest, only_members_change_a_conversation_and_only_groups_change) {
  for (const std::int64_t id : {kGroup, std::int64_t{999}}) {
    EXPECT_EQ(rename(id, 4, "x").outcome, kNotFound);
    EXPECT_EQ(add(id, 4, {4}).outcome, kNotFound);
    EXPECT_EQ(remove(id, 4, 4).outcome, kNotFound);
  }
  EXPECT_EQ(rename(kDirect, 1, "x").outcome, kIsDirect);
  EXPECT_EQ(add(kDirect, 1, {3}).outcome, kIsDirect);
  EXPECT_EQ(remove(kDirect, 1, 1).outcome, kIsDirect);
  EXPECT_EQ(get(conversations.find(kDirect, 1))->last_seq, 0);
  EXPECT_EQ(get(conversations.find(kGroup, 1))->last_seq, 0);
}

TEST_F(ConversationChangesTest, new_members_join_with_one_event_and_their_marks_at_it) {
  send(kGroup, 1, "before");
  const ChangeResult change = add(kGroup, 2, {5, 3, 4, 5});
  ASSERT_EQ(change.outcome, kDone);
  EXPECT_EQ(change.user_ids, (Ids{4, 5}));
  EXPECT_EQ(change.event->kind, EventKind::kJoined);
  EXPECT_EQ(change.event->seq, 2);
  EXPECT_EQ(change.event->body, R"({"userIds":["4","5"],"byUserId":"2"})");
  EXPECT_EQ(last_event(kGroup).body, change.event->body);

  const ConversationRow group = *get(conversations.find(kGroup, 5));
  EXPECT_EQ(group.member_ids, (Ids{1, 2, 3, 4, 5}));
  EXPECT_EQ(group.joined_seq, 2);
  EXPECT_EQ(group.delivered_seq, 2);
  EXPECT_EQ(group.read_seq, 2);
  EXPECT_EQ(group.unread_count, 0);
  send(kGroup, 1, "after");
  EXPECT_EQ(get(conversations.find(kGroup, 5))->unread_count, 1);
}

TEST_F(ConversationChangesTest, adding_passes_over_members_and_refuses_unknown_users) {
  EXPECT_EQ(add(kGroup, 1, {1, 2, 3}).outcome, kNothingToDo);
  EXPECT_EQ(add(kGroup, 1, {}).outcome, kNothingToDo);
  const ChangeResult change = add(kGroup, 1, {4, 98, 97});
  EXPECT_EQ(change.outcome, kUnknownMembers);
  EXPECT_EQ(change.unknown_ids, (Ids{97, 98}));
  EXPECT_FALSE(change.event);
  EXPECT_EQ(get(conversations.member_ids(kGroup)), (Ids{1, 2, 3}));
  EXPECT_EQ(get(conversations.find(kGroup, 1))->last_seq, 0);
}

TEST_F(ConversationChangesTest, adding_stops_at_a_thousand_members) {
  query(
      "INSERT INTO users SELECT n, 'u', 'e', 'many' || n, 'h', now()"
      " FROM generate_series(1000, 1999) n");
  query(
      "INSERT INTO members (conversation_id, user_id)"
      " SELECT 100, n FROM generate_series(1000, 1995) n");  // with 1, 2, 3: 999
  EXPECT_EQ(add(kGroup, 1, {1'996, 1'997}).outcome, kTooManyMembers);
  EXPECT_EQ(add(kGroup, 1, {1'996}).outcome, kDone);
  EXPECT_EQ(add(kGroup, 1, {1'997}).outcome, kTooManyMembers);
  EXPECT_EQ(add(kGroup, 1, {1'996}).outcome, kNothingToDo);
  EXPECT_EQ(get(conversations.member_ids(kGroup)).size(), 1'000U);
}

TEST_F(ConversationChangesTest, who_leaves_is_no_member_any_more) {
  const ChangeResult change = remove(kGroup, 2, 2);
  ASSERT_EQ(change.outcome, kDone);
  EXPECT_EQ(change.user_ids, Ids{2});
  EXPECT_EQ(change.event->kind, EventKind::kLeft);
  EXPECT_EQ(change.event->body, R"({"userId":"2","byUserId":"2"})");
  EXPECT_EQ(last_event(kGroup).body, change.event->body);
  EXPECT_EQ(get(conversations.member_ids(kGroup)), (Ids{1, 3}));
  EXPECT_EQ(remove(kGroup, 2, 2).outcome, kNotFound);
}

TEST_F(ConversationChangesTest, only_the_creator_removes_others) {
  EXPECT_EQ(remove(kGroup, 2, 3).outcome, kForbidden);
  EXPECT_EQ(remove(kGroup, 2, 4).outcome, kNotFound);
  EXPECT_EQ(get(conversations.find(kGroup, 1))->last_seq, 0);
  const ChangeResult change = remove(kGroup, 1, 3);
  ASSERT_EQ(change.outcome, kDone);
  EXPECT_EQ(change.event->body, R"({"userId":"3","byUserId":"1"})");
}

TEST_F(ConversationChangesTest, who_comes_back_starts_at_the_new_join) {
  remove(kGroup, 2, 2);
  send(kGroup, 1, "meanwhile");
  ASSERT_EQ(add(kGroup, 1, {2}).outcome, kDone);
  const ConversationRow group = *get(conversations.find(kGroup, 2));
  EXPECT_EQ(group.joined_seq, 3);
  EXPECT_EQ(group.unread_count, 0);
}

TEST_F(ConversationChangesTest, a_join_wins_over_the_past_when_a_status_is_made) {
  send(kGroup, 1, "before");
  get(marks.raise_marks({.conversation_id = kGroup, .user_id = 2, .read_seq = 1}));
  get(marks.raise_marks({.conversation_id = kGroup, .user_id = 3, .read_seq = 1}));
  add(kGroup, 1, {4});
  send(kGroup, 1, "after");
  EXPECT_EQ(get(messages.find_message(kGroup, 1))->status, MessageStatus::kRead);
  EXPECT_EQ(get(messages.find_message(kGroup, 3))->status, MessageStatus::kSent);
}

}  // namespace
}  // namespace ringtalk::db::testing
