#include <algorithm>

#include "db/message_store.h"
#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using enum CommitResult::Outcome;

class MessageCommitTest : public StoreTest {
 protected:
  MessageCommitTest() {
    add_users(4);
    add_group();  // of 1, 2, 3
  }
  static Draft draft(std::uint64_t key, std::string body, std::int64_t sender = 1,
                     std::int64_t conversation = kGroup) {
    return {.conversation_id = conversation,
            .sender_id = sender,
            .client_id = uuid_of(key),
            .body = std::move(body)};
  }
  void add_groups(std::int64_t first, std::int64_t last) {
    for (std::int64_t id = first; id <= last; ++id) {
      get(conversations.create_group({.id = id,
                                      .name = "g",
                                      .creator_id = 1,
                                      .member_ids = {2, 3},
                                      .created_at_ms = kSomeTime}));
    }
  }
  /// The seqs of every log are 1, 2, … up to its head, and the numbers count the messages.
  void expect_dense_logs() {
    EXPECT_EQ(query("SELECT c.id FROM conversations c LEFT JOIN events e"
                    " ON e.conversation_id = c.id GROUP BY c.id"
                    " HAVING c.last_seq <> count(e.seq) OR c.last_seq <> coalesce(max(e.seq), 0)"
                    " OR c.last_number <> count(*) FILTER (WHERE e.kind = 0)"
                    " OR c.last_message_seq <>"
                    "    coalesce(max(e.seq) FILTER (WHERE e.kind = 0), 0)"),
              std::vector<std::string>{});
    EXPECT_EQ(query("SELECT seq FROM (SELECT seq, number, count(*) FILTER (WHERE kind = 0) OVER"
                    " (PARTITION BY conversation_id ORDER BY seq) AS n FROM events) e"
                    " WHERE number <> n"),
              std::vector<std::string>{});
    EXPECT_EQ(query("SELECT seq FROM (SELECT seq, created_at, lag(created_at) OVER"
                    " (PARTITION BY conversation_id ORDER BY seq) AS before FROM events) e"
                    " WHERE created_at < before"),
              std::vector<std::string>{});
  }
};

TEST_F(MessageCommitTest, stores_a_message) {
  const std::int64_t before = reactor->unix_milliseconds();
  const auto results = get(messages.commit({draft(1, "grüße 😀")}));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].outcome, kStored);
  EXPECT_EQ(results[0].seq, 1);
  EXPECT_NEAR(static_cast<double>(results[0].created_at_ms), static_cast<double>(before), 10'000);

  const auto stored = get(messages.find_message(kGroup, 1));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->conversation_id, kGroup);
  EXPECT_EQ(stored->seq, 1);
  EXPECT_EQ(stored->number, 1);
  EXPECT_EQ(stored->kind, EventKind::kMessage);
  EXPECT_EQ(stored->sender_id, 1);
  EXPECT_EQ(stored->created_at_ms, results[0].created_at_ms);
  EXPECT_EQ(stored->client_id, uuid_of(1));
  EXPECT_EQ(stored->body, "grüße 😀");
}

TEST_F(MessageCommitTest, gives_seqs_in_the_order_of_the_drafts_conversation_by_conversation) {
  add_groups(90, 90);
  const auto results =
      get(messages.commit({draft(1, "a", 1, kGroup), draft(2, "b", 2, 90), draft(3, "c", 3, kGroup),
                           draft(4, "d", 1, 90), draft(5, "e", 1, kGroup)}));
  const std::vector<std::int64_t> seqs = {1, 1, 2, 2, 3};
  for (std::size_t i = 0; i < seqs.size(); ++i) {
    EXPECT_EQ(results[i].outcome, kStored);
    EXPECT_EQ(results[i].seq, seqs[i]);
  }
  EXPECT_EQ(get(messages.find_message(kGroup, 3))->body, "e");
  EXPECT_EQ(get(messages.find_message(90, 2))->body, "d");
  expect_dense_logs();
}

TEST_F(MessageCommitTest, knows_a_duplicate_a_reused_key_and_a_stranger_in_one_batch) {
  const auto first = get(messages.commit({draft(1, "one"), draft(2, "two")}));
  const auto results = get(messages.commit({
      draft(2, "two"),        // again
      draft(1, "other"),      // other content
      draft(9, "x", 4),       // no member
      draft(9, "x", 1, 999),  // no conversation
      draft(3, "three"),      // new
  }));
  EXPECT_EQ(results[0].outcome, kDuplicate);
  EXPECT_EQ(results[0].seq, 2);
  EXPECT_EQ(results[0].created_at_ms, first[1].created_at_ms);
  EXPECT_EQ(results[1].outcome, kKeyReused);
  EXPECT_EQ(results[1].seq, 1);
  EXPECT_EQ(results[2].outcome, kNotMember);
  EXPECT_EQ(results[3].outcome, kNotMember);
  EXPECT_EQ(results[4].outcome, kStored);
  EXPECT_EQ(results[4].seq, 3);
  EXPECT_EQ(get(messages.commit({draft(1, "one", 2)}))[0].outcome, kKeyReused);
  expect_dense_logs();
}

TEST_F(MessageCommitTest, a_key_belongs_to_its_conversation) {
  add_groups(90, 90);
  get(messages.commit({draft(1, "a")}));
  EXPECT_EQ(get(messages.commit({draft(1, "a", 1, 90)}))[0].outcome, kStored);
}

TEST_F(MessageCommitTest, a_batch_of_duplicates_alone_changes_nothing) {
  std::vector<Draft> drafts;
  for (std::uint64_t key = 0; key < kCommitBatchMax; ++key) drafts.push_back(draft(key, "x"));
  for (const CommitResult& result : get(messages.commit(drafts))) {
    EXPECT_EQ(result.outcome, kStored);
  }
  const auto again = get(messages.commit(drafts));
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i].outcome, kDuplicate);
    EXPECT_EQ(again[i].seq, static_cast<std::int64_t>(i) + 1);
  }
  EXPECT_EQ(get(conversations.last_seqs({kGroup}))[0].last_seq, 256);
  expect_dense_logs();
}

TEST_F(MessageCommitTest, one_draft_twice_in_a_batch_aborts_it_with_23505) {
  const auto outcome = finish(messages.commit({draft(1, "x"), draft(1, "x"), draft(2, "y")}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "23505");
  EXPECT_EQ(get(conversations.last_seqs({kGroup}))[0].last_seq, 0);
}

TEST_F(MessageCommitTest, takes_4096_code_points_and_none_of_4097) {
  std::string body;
  for (int i = 0; i < 4'096; ++i) body += "😀";
  EXPECT_EQ(get(messages.commit({draft(1, body)}))[0].outcome, kStored);
  const auto outcome = finish(messages.commit({draft(2, body + "x")}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, reactor::ErrorKind::kInvalid);
}

TEST_F(MessageCommitTest, batches_that_cross_on_two_connections_neither_deadlock_nor_leave_holes) {
  add_groups(1'000, 1'031);
  Pool other(*reactor, log, options_for(database));
  other.open();
  PgMessageStore elsewhere(other);
  get(elsewhere.find_message(kGroup, 1));
  // Both send the same drafts, in opposite orders: each is stored by one and found by the other.
  constexpr std::size_t kRounds = 40;
  std::vector<std::optional<reactor::Result<std::vector<CommitResult>>>> outcomes(2 * kRounds);
  for (std::size_t round = 0; round < kRounds; ++round) {
    std::vector<Draft> drafts;
    for (std::int64_t id = 1'000; id <= 1'031; ++id) {
      drafts.push_back(draft(round, "x", 1 + id % 3, id));
    }
    begin(messages.commit(drafts), outcomes[2 * round]);
    std::ranges::reverse(drafts);
    begin(elsewhere.commit(drafts), outcomes[2 * round + 1]);
  }
  std::size_t stored = 0;
  for (auto& outcome : outcomes) {
    turn_until([&] { return outcome.has_value(); });
    ASSERT_TRUE(outcome->has_value()) << outcome->error().code;
    for (const CommitResult& result : **outcome) {
      EXPECT_TRUE(result.outcome == kStored || result.outcome == kDuplicate);
      stored += result.outcome == kStored;
    }
  }
  EXPECT_EQ(stored, 32 * kRounds);
  expect_dense_logs();
  finish(other.close());
}

TEST_F(MessageCommitTest, nothing_of_a_removed_member_stands_behind_his_leaving) {
  Pool other(*reactor, log, options_for(database));
  other.open();
  PgMessageStore elsewhere(other);
  get(elsewhere.find_message(kGroup, 1));
  std::vector<std::optional<reactor::Result<std::vector<CommitResult>>>> sends(60);
  std::optional<reactor::Result<ChangeResult>> removal;
  for (std::size_t i = 0; i < sends.size(); ++i) {
    begin(elsewhere.commit({draft(i, "x", 2), draft(1'000 + i, "y", 3)}), sends[i]);
    if (i == 20) {
      turn_until([&] { return sends[3].has_value(); });
      begin(conversations.remove_member({.conversation_id = kGroup, .by_user_id = 1, .user_id = 2}),
            removal);
    }
  }
  for (auto& send : sends) turn_until([&] { return send.has_value(); });
  turn_until([&] { return removal.has_value(); });
  finish(other.close());
  ASSERT_TRUE(removal->has_value()) << removal->error().code;
  ASSERT_EQ((*removal)->outcome, ChangeResult::Outcome::kDone);
  const std::int64_t left = (*removal)->event->seq;
  for (auto& send : sends) {
    const CommitResult& his = (**send)[0];
    EXPECT_EQ(his.outcome == kStored, his.seq != 0 && his.seq < left);
    EXPECT_EQ((**send)[1].outcome, kStored);
  }
  EXPECT_EQ(
      query("SELECT count(*) FROM events WHERE sender_id = 2 AND seq > " + std::to_string(left)),
      std::vector<std::string>{"0"});
  expect_dense_logs();
}

TEST_F(MessageCommitTest, whoever_holds_the_lock_too_long_is_told_by_55P03) {
  constexpr Statement kHold{"hold",
                            "SELECT pg_sleep(1) FROM conversations WHERE id = 100"
                            " FOR NO KEY UPDATE"};
  PgOptions options = options_for(database);
  options.lock_timeout = 50ms;
  Pool impatient(*reactor, log, options);
  impatient.open();
  PgMessageStore store(impatient);
  get(store.find_message(kGroup, 1));
  std::optional<reactor::Result<std::vector<PgResult>>> held;
  // The lock is taken by the first statement, and kept while the second one sleeps.
  begin(pool.writer().run(Segment({"lock",
                                   "SELECT id FROM conversations WHERE id = 100"
                                   " FOR NO KEY UPDATE"})
                              .add(kHold)),
        held);
  turn_for(200ms);
  const auto outcome = finish(store.commit({draft(1, "x")}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "55P03");
  EXPECT_EQ(outcome.error().kind, reactor::ErrorKind::kOverloaded);
  EXPECT_EQ(get(store.locked_of({90, kGroup})), std::vector{kGroup});
  turn_until([&] { return held.has_value(); });
  EXPECT_TRUE(get(store.locked_of({90, kGroup})).empty());
  EXPECT_EQ(get(store.commit({draft(1, "x")}, CommitLane::kHot))[0].outcome, kStored);
  finish(impatient.close());
}

TEST_F(MessageCommitTest, a_resend_after_a_crash_lands_once) {
  get(messages.commit({draft(1, "before")}));
  std::optional<reactor::Result<std::vector<CommitResult>>> outcome;
  begin(messages.commit({draft(2, "in flight")}), outcome);
  postgres().crash();
  turn_until([&] { return outcome.has_value(); });
  turn_until([&] { return pool.writer().figures().losses == 1; });
  postgres().start();
  turn_until([&] { return pool.is_available(); });
  const auto resent = get(messages.commit({draft(1, "before"), draft(2, "in flight")}));
  EXPECT_EQ(resent[0].outcome, kDuplicate);
  EXPECT_EQ(resent[1].seq, 2);
  expect_dense_logs();
}

}  // namespace
}  // namespace ringtalk::db::testing
