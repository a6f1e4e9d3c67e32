#include "db/conversation_store.h"

#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using enum CreateResult::Outcome;
using Ids = std::vector<std::int64_t>;

class ConversationStoreTest : public StoreTest {
 protected:
  ConversationStoreTest() { add_users(5); }

  RINGTALK_COROUTINE_WRAPPER Answer<CreateResult> make_direct(std::int64_t id, std::int64_t creator,
                                                              std::int64_t other) {
    return make_direct_in(conversations, id, creator, other);
  }
  static Answer<CreateResult> make_direct_in(ConversationStore& store, std::int64_t id,
                                             std::int64_t creator, std::int64_t other) {
    co_return co_await store.create_direct(
        {.id = id, .creator_id = creator, .other_id = other, .created_at_ms = kSomeTime});
  }
  CreateResult make_group(std::int64_t id, Ids members, std::int64_t created_at_ms = kSomeTime) {
    return get(conversations.create_group({.id = id,
                                           .name = "g" + std::to_string(id),
                                           .creator_id = 1,
                                           .member_ids = std::move(members),
                                           .created_at_ms = created_at_ms}));
  }
  Ids listed(const ConversationPage& page) {
    Ids ids;
    for (const ConversationRow& conversation : page.conversations) ids.push_back(conversation.id);
    return ids;
  }
};

TEST_F(ConversationStoreTest, a_new_group_has_its_members_and_an_empty_log) {
  const CreateResult made = make_group(kGroup, {3, 2, 3, 1});
  ASSERT_EQ(made.outcome, kCreated);
  const ConversationRow& group = *made.conversation;
  EXPECT_EQ(group.id, kGroup);
  EXPECT_TRUE(group.is_group);
  EXPECT_EQ(group.name, "g100");
  EXPECT_EQ(group.creator_id, 1);
  EXPECT_EQ(group.created_at_ms, kSomeTime);
  EXPECT_EQ(group.activity_ms, kSomeTime);
  EXPECT_EQ(group.member_ids, (Ids{1, 2, 3}));
  EXPECT_EQ(group.last_seq, 0);
  EXPECT_EQ(group.unread_count, 0);
  EXPECT_EQ(group.delivered_seq, 0);
  EXPECT_EQ(group.read_seq, 0);
  EXPECT_FALSE(group.last_message);
}

TEST_F(ConversationStoreTest, a_group_with_unknown_members_is_not_made) {
  const CreateResult made = make_group(kGroup, {2, 98, 99});
  EXPECT_EQ(made.outcome, kUnknownMembers);
  EXPECT_EQ(made.unknown_ids, (Ids{98, 99}));
  EXPECT_TRUE(get(conversations.member_ids(kGroup)).empty());
  EXPECT_EQ(query("SELECT count(*) FROM conversations"), std::vector<std::string>{"0"});
}

TEST_F(ConversationStoreTest, tells_a_taken_id) {
  ASSERT_EQ(make_group(kGroup, {2}).outcome, kCreated);
  EXPECT_EQ(make_group(kGroup, {3}).outcome, kIdTaken);
  EXPECT_EQ(get(conversations.member_ids(kGroup)), (Ids{1, 2}));
  EXPECT_EQ(get(make_direct(kGroup, 4, 5)).outcome, kIdTaken);
  EXPECT_EQ(query("SELECT count(*) FROM direct_conversations"), std::vector<std::string>{"0"});
  EXPECT_EQ(get(make_direct(101, 4, 5)).outcome, kCreated);
}

TEST_F(ConversationStoreTest, takes_a_thousand_members_and_not_one_more) {
  query(
      "INSERT INTO users SELECT n, 'u', 'e', 'many' || n, 'h', now()"
      " FROM generate_series(6, 1001) n");
  Ids members;
  for (std::int64_t id = 2; id <= 1'001; ++id) members.push_back(id);
  EXPECT_EQ(make_group(kGroup, members).outcome, kTooManyMembers);
  members.pop_back();
  const CreateResult made = make_group(kGroup, members);
  ASSERT_EQ(made.outcome, kCreated);
  EXPECT_EQ(made.conversation->member_ids.size(), 1'000U);
}

TEST_F(ConversationStoreTest, a_pair_has_one_direct_conversation_whoever_asks) {
  const CreateResult made = get(make_direct(200, 2, 1));
  ASSERT_EQ(made.outcome, kCreated);
  EXPECT_FALSE(made.conversation->is_group);
  EXPECT_EQ(made.conversation->name, std::nullopt);
  EXPECT_EQ(made.conversation->creator_id, 2);
  EXPECT_EQ(made.conversation->member_ids, (Ids{1, 2}));
  const CreateResult again = get(make_direct(201, 1, 2));
  EXPECT_EQ(again.outcome, kExisted);
  EXPECT_EQ(again.conversation->id, 200);
  EXPECT_EQ(get(make_direct(202, 1, 3)).outcome, kCreated);
}

TEST_F(ConversationStoreTest, a_direct_conversation_needs_two_users_who_exist) {
  const CreateResult made = get(make_direct(200, 1, 99));
  EXPECT_EQ(made.outcome, kUnknownMembers);
  EXPECT_EQ(made.unknown_ids, Ids{99});
  EXPECT_EQ(query("SELECT count(*) FROM direct_conversations"), std::vector<std::string>{"0"});
  EXPECT_EQ(finish(make_direct(200, 1, 1)).error().kind, reactor::ErrorKind::kInvalid);
}

TEST_F(ConversationStoreTest, of_32_who_ask_for_one_pair_at_once_all_get_the_same) {
  std::vector<std::unique_ptr<Pool>> pools;
  std::vector<std::unique_ptr<ConversationStore>> stores;
  std::vector<std::optional<reactor::Result<CreateResult>>> outcomes(32);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    pools.push_back(std::make_unique<Pool>(*reactor, log, options_for(database)));
    pools.back()->open();
    stores.push_back(std::make_unique<PgConversationStore>(*pools.back()));
    get(stores.back()->is_member(1, 1));
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const bool turned = i % 2 == 1;
    begin(make_direct_in(*stores[i], 300 + static_cast<std::int64_t>(i), turned ? 2 : 1,
                         turned ? 1 : 2),
          outcomes[i]);
  }
  int created = 0;
  for (auto& outcome : outcomes) {
    turn_until([&] { return outcome.has_value(); });
    ASSERT_TRUE(outcome->has_value());
    created += (*outcome)->outcome == kCreated;
    EXPECT_EQ((*outcome)->conversation->id, (*outcomes[0])->conversation->id);
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(query("SELECT count(*) FROM conversations"), std::vector<std::string>{"1"});
  for (auto& other : pools) finish(other->close());
}

TEST_F(ConversationStoreTest, is_found_by_members_alone) {
  make_group(kGroup, {2});
  EXPECT_TRUE(get(conversations.find(kGroup, 2)));
  EXPECT_FALSE(get(conversations.find(kGroup, 3)));
  EXPECT_FALSE(get(conversations.find(kGroup + 1, 2)));
  EXPECT_TRUE(get(conversations.is_member(kGroup, 2)));
  EXPECT_FALSE(get(conversations.is_member(kGroup, 3)));
  EXPECT_FALSE(get(conversations.is_member(kGroup + 1, 2)));
}

TEST_F(ConversationStoreTest, shows_the_last_message_with_its_status_past_other_events) {
  make_group(kGroup, {2, 3});
  send(kGroup, 1, "first");
  send(kGroup, 2, "second");
  get(conversations.rename({.conversation_id = kGroup, .by_user_id = 1, .name = "other"}));
  get(conversations.rename({.conversation_id = kGroup, .by_user_id = 1, .name = "another"}));
  const auto group = get(conversations.find(kGroup, 3));
  ASSERT_TRUE(group && group->last_message);
  EXPECT_EQ(group->last_seq, 4);
  EXPECT_EQ(group->name, "another");
  EXPECT_EQ(group->last_message->conversation_id, kGroup);
  EXPECT_EQ(group->last_message->seq, 2);
  EXPECT_EQ(group->last_message->number, 2);
  EXPECT_EQ(group->last_message->sender_id, 2);
  EXPECT_EQ(group->last_message->body, "second");
  EXPECT_TRUE(group->last_message->client_id);
  EXPECT_EQ(group->last_message->status, MessageStatus::kSent);
  EXPECT_EQ(group->unread_count, 2);

  get(marks.raise_marks({.conversation_id = kGroup, .user_id = 1, .read_seq = 2}));
  get(marks.raise_marks({.conversation_id = kGroup, .user_id = 3, .delivered_seq = 2}));
  EXPECT_EQ(get(conversations.find(kGroup, 3))->last_message->status, MessageStatus::kDelivered);
  get(marks.raise_marks({.conversation_id = kGroup, .user_id = 3, .read_seq = 4}));
  EXPECT_EQ(get(conversations.find(kGroup, 3))->last_message->status, MessageStatus::kRead);
  EXPECT_EQ(get(conversations.find(kGroup, 3))->unread_count, 0);
}

TEST_F(ConversationStoreTest, lists_latest_activity_first_and_pages_with_ties) {
  for (const std::int64_t id : {101, 102, 103, 104, 105}) make_group(id, {2});
  make_group(106, {3}, kSomeTime + 1);
  send(102, 1, "hello");
  EXPECT_EQ(listed(get(conversations.list({.user_id = 2}))), (Ids{102, 105, 104, 103, 101}));

  Ids seen;
  ListRequest request{.user_id = 1, .limit = 2};
  for (int pages = 1;; ++pages) {
    const ConversationPage page = get(conversations.list(request));
    for (const std::int64_t id : listed(page)) seen.push_back(id);
    EXPECT_EQ(page.has_more, pages < 3);
    if (!page.has_more) break;
    const ConversationRow& last = page.conversations.back();
    request.after = ListRequest::Cursor{.activity_ms = last.activity_ms, .id = last.id};
  }
  EXPECT_EQ(seen, (Ids{102, 106, 105, 104, 103, 101}));
}

TEST_F(ConversationStoreTest, a_listed_conversation_is_the_one_that_is_found) {
  make_group(kGroup, {2, 3});
  send(kGroup, 1, "hello");
  const ConversationPage page = get(conversations.list({.user_id = 2}));
  ASSERT_EQ(page.conversations.size(), 1U);
  const ConversationRow& listed_row = page.conversations[0];
  const ConversationRow found = *get(conversations.find(kGroup, 2));
  EXPECT_EQ(listed_row.name, found.name);
  EXPECT_EQ(listed_row.member_ids, found.member_ids);
  EXPECT_EQ(listed_row.unread_count, 1);
  EXPECT_EQ(found.unread_count, 1);
  EXPECT_EQ(listed_row.last_seq, found.last_seq);
  EXPECT_EQ(listed_row.activity_ms, found.activity_ms);
  EXPECT_EQ(listed_row.last_message->body, "hello");
  EXPECT_TRUE(get(conversations.list({.user_id = 5})).conversations.empty());
}

TEST_F(ConversationStoreTest, gives_heads_of_all_of_some_and_of_logs) {
  make_group(101, {2});
  make_group(102, {2});
  make_group(103, {3});
  send(101, 1, "one");
  send(101, 1, "two");
  const HeadPage all = get(conversations.heads(2, 5));
  ASSERT_EQ(all.heads.size(), 2U);
  EXPECT_FALSE(all.has_more);
  EXPECT_EQ(all.heads[0].conversation_id, 101);
  EXPECT_EQ(all.heads[0].last_seq, 2);
  EXPECT_EQ(all.heads[0].delivered_seq, 0);
  EXPECT_EQ(all.heads[1].conversation_id, 102);
  EXPECT_TRUE(get(conversations.heads(2, 1)).has_more);
  EXPECT_EQ(get(conversations.heads(2, 1)).heads.size(), 1U);

  get(marks.raise_marks({.conversation_id = 101, .user_id = 1, .read_seq = 1}));
  const auto some = get(conversations.heads_of({103, 102, 101, 999}, 1));
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some[0].conversation_id, 101);
  EXPECT_EQ(some[0].read_seq, 1);
  EXPECT_EQ(get(conversations.heads_of({103, 101}, 2)).size(), 1U);

  const auto logs = get(conversations.last_seqs({103, 101}));
  ASSERT_EQ(logs.size(), 2U);
  EXPECT_EQ(logs[0].last_seq, 2);
  EXPECT_EQ(logs[1].last_seq, 0);
}

}  // namespace
}  // namespace ringtalk::db::testing
