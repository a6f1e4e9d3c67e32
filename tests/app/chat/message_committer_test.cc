// The committer over a database in memory: groups, orders, repetitions, and one bad draft.
#include "app/chat/message_committer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "app/limits.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

using reactor::Error;
using reactor::ErrorKind;
using Outcome = Committed::Outcome;
using Answer = std::optional<reactor::Result<Committed>>;

class MessageCommitterTest : public ::testing::Test {
 protected:
  ChatLab lab;
};

const Error kAnswerLost{.kind = ErrorKind::kUnavailable, .detail = "server closed the connection"};

TEST_F(MessageCommitterTest, answers_with_the_place_in_the_log) {
  const auto first = lab.commit(ChatLab::draft(kAlice, 1, "one"));
  const auto second = lab.commit(ChatLab::draft(kBob, 2, "two"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->outcome, Outcome::kStored);
  EXPECT_EQ(first->seq, 1);
  EXPECT_EQ(second->seq, 2);
}

TEST_F(MessageCommitterTest, a_single_message_does_not_wait_for_others) {
  ASSERT_TRUE(lab.commit(ChatLab::draft(kAlice, 1, "alone")));
  EXPECT_EQ(lab.store.batch_sizes, std::vector<std::size_t>{1});
}

TEST_F(MessageCommitterTest, what_comes_during_a_commit_goes_into_the_next_one_together) {
  std::array<Answer, 5> answers;
  lab.start_commit(ChatLab::draft(kAlice, 1, "first"), answers[0]);
  ASSERT_TRUE(
      test_support::turn_until(lab.reactor, [&] { return !lab.store.batch_sizes.empty(); }));
  for (std::uint8_t i = 1; i < 5; ++i) {
    lab.start_commit(ChatLab::draft(kBob, 10 + i, "more"), answers[i]);
  }
  lab.settle();
  EXPECT_EQ(lab.store.batch_sizes, (std::vector<std::size_t>{1, 4}));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i] && *answers[i]);
    EXPECT_EQ((*answers[i])->seq, static_cast<protocol::Seq>(i + 1)) << "in the order of arrival";
  }
}

TEST_F(MessageCommitterTest, a_commit_whose_answer_was_lost_is_found_again_and_not_doubled) {
  lab.store.failures.push_back({.error = kAnswerLost, .is_committed = true});
  const auto committed = lab.commit(ChatLab::draft(kAlice, 1, "once"));
  ASSERT_TRUE(committed);
  EXPECT_EQ(committed->outcome, Outcome::kStored) << "its sender has sent it once";
  EXPECT_EQ(committed->seq, 1);
  EXPECT_EQ(lab.store.log_of(kRoom.value).size(), 1U);
  EXPECT_EQ(lab.committer.figures().retries, 1U);
}

TEST_F(MessageCommitterTest, a_message_whose_commit_answer_was_lost_reaches_the_listeners) {
  Listener bob(lab, kBob);
  bob.start(0, 0);
  lab.store.failures.push_back({.error = kAnswerLost, .is_committed = true});
  ASSERT_TRUE(lab.commit(ChatLab::draft(kAlice, 1, "once")));
  lab.settle();
  EXPECT_EQ(bob.heard(), std::vector<std::string>{"event 1 once"});
}

TEST_F(MessageCommitterTest, a_duplicate_is_published_again) {
  lab.store.store_silently({.conversation_id = kRoom.value,
                            .sender_id = kAlice.value,
                            .client_id = uuid_of(1).bytes,
                            .body = "stored by an instance that died"});
  Listener bob(lab, kBob);
  bob.start(0, 0);
  ASSERT_TRUE(lab.commit(ChatLab::draft(kAlice, 1, "stored by an instance that died")));
  lab.settle();
  EXPECT_EQ(bob.heard(), std::vector<std::string>{"event 1 stored by an instance that died"});
}

TEST_F(MessageCommitterTest, deadlocks_and_serialization_failures_are_sent_again) {
  for (const char* code : {"40P01", "40001", "57014"}) {
    lab.store.failures.push_back({.error = {.kind = ErrorKind::kProtocol, .code = code}});
  }
  const auto committed = lab.commit(ChatLab::draft(kAlice, 1, "at last"));
  ASSERT_TRUE(committed);
  EXPECT_EQ(committed->outcome, Outcome::kStored);
  EXPECT_EQ(lab.committer.figures().retries, 3U);
}

TEST_F(MessageCommitterTest, a_duplicate_found_after_a_rollback_is_still_a_duplicate) {
  ASSERT_TRUE(lab.commit(ChatLab::draft(kAlice, 1, "sent twice")));
  lab.store.failures.push_back({.error = {.kind = ErrorKind::kOverloaded, .code = "40P01"}});
  const auto again = lab.commit(ChatLab::draft(kAlice, 1, "sent twice"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->outcome, Outcome::kDuplicate) << "the failed try can't have stored it";
}

TEST_F(MessageCommitterTest, gives_up_when_the_database_stays_silent_for_too_long) {
  for (int i = 0; i < 1000; ++i) lab.store.failures.push_back({.error = kAnswerLost});
  const reactor::TimePoint begin = lab.reactor.now();
  const auto committed = lab.commit(ChatLab::draft(kAlice, 1, "never"));
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kUnavailable);
  EXPECT_GE(lab.reactor.now() - begin, limits::kCommitTimeout);
  EXPECT_TRUE(lab.store.log_of(kRoom.value).empty());
}

TEST_F(MessageCommitterTest, refuses_at_once_while_the_database_is_away) {
  lab.store.is_away = true;
  const auto committed = lab.commit(ChatLab::draft(kAlice, 1, "nobody there"));
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(lab.store.batch_sizes.empty());
}

TEST_F(MessageCommitterTest, one_bad_draft_fails_alone) {
  lab.store.refused_body = "bad";
  std::array<Answer, 5> answers;
  for (std::uint8_t i = 0; i < 5; ++i) {
    lab.start_commit(ChatLab::draft(kAlice, i, i == 2 ? "bad" : "good"), answers[i]);
  }
  lab.settle();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i]);
    EXPECT_EQ(answers[i]->has_value(), i != 2) << i;
  }
  EXPECT_EQ(answers[2]->error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(lab.store.log_of(kRoom.value).size(), 4U);
}

TEST_F(MessageCommitterTest, each_draft_gets_its_own_outcome) {
  const auto stored = lab.commit(ChatLab::draft(kAlice, 1, "mine"));
  const auto duplicate = lab.commit(ChatLab::draft(kAlice, 1, "mine"));
  const auto other_content = lab.commit(ChatLab::draft(kAlice, 1, "changed"));
  const auto other_sender = lab.commit(ChatLab::draft(kBob, 1, "mine"));
  const auto stranger = lab.commit(ChatLab::draft({3}, 2, "let me in"));
  ASSERT_TRUE(stored && duplicate && other_content && other_sender && stranger);
  EXPECT_EQ(duplicate->outcome, Outcome::kDuplicate);
  EXPECT_EQ(duplicate->seq, stored->seq);
  EXPECT_EQ(other_content->outcome, Outcome::kKeyReused);
  EXPECT_EQ(other_sender->outcome, Outcome::kKeyReused);
  EXPECT_EQ(stranger->outcome, Outcome::kNotMember);
}

TEST_F(MessageCommitterTest, two_drafts_of_one_key_meet_in_sql_and_keep_the_order_behind_them) {
  std::array<Answer, 3> answers;
  lab.start_commit(ChatLab::draft(kAlice, 1, "same"), answers[0]);
  lab.start_commit(ChatLab::draft(kAlice, 1, "same"), answers[1]);
  lab.start_commit(ChatLab::draft(kAlice, 2, "behind"), answers[2]);
  lab.settle();
  EXPECT_EQ(lab.store.batch_sizes, (std::vector<std::size_t>{1, 2}));
  ASSERT_TRUE(answers[0] && answers[1] && answers[2]);
  EXPECT_EQ((*answers[0])->outcome, Outcome::kStored);
  EXPECT_EQ((*answers[1])->outcome, Outcome::kDuplicate);
  EXPECT_EQ((*answers[2])->seq, 2);
}

TEST_F(MessageCommitterTest, a_postponed_draft_does_not_hold_up_other_conversations) {
  constexpr protocol::ConversationId kElsewhere{200};
  lab.store.add_member(kElsewhere.value, kAlice.value);
  std::array<Answer, 3> answers;
  lab.start_commit(ChatLab::draft(kAlice, 1, "same"), answers[0]);
  lab.start_commit(ChatLab::draft(kAlice, 1, "same"), answers[1]);
  lab.start_commit(ChatLab::draft(kAlice, 1, "another room", kElsewhere), answers[2]);
  lab.settle();
  EXPECT_EQ(lab.store.batch_sizes, (std::vector<std::size_t>{2, 1}));
}

TEST_F(MessageCommitterTest, a_batch_holds_as_many_drafts_as_its_cap_and_not_one_more) {
  std::vector<Answer> answers(db::kCommitBatchMax + 1);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Draft draft = ChatLab::draft(kAlice, static_cast<std::uint8_t>(i), "x");
    draft.client_id.bytes[0] = static_cast<std::uint8_t>(i >> 8);
    lab.start_commit(std::move(draft), answers[i]);
  }
  lab.settle();
  EXPECT_EQ(lab.store.batch_sizes, (std::vector<std::size_t>{db::kCommitBatchMax, 1}));
}

TEST_F(MessageCommitterTest, a_batch_ends_before_its_bytes_pass_the_cap) {
  const std::string half(limits::kCommitBatchBytesMax / 2, 'x');
  std::array<Answer, 3> answers;
  for (std::uint8_t i = 0; i < 3; ++i)
    lab.start_commit(ChatLab::draft(kAlice, i, half), answers[i]);
  lab.settle();
  EXPECT_EQ(lab.store.batch_sizes, (std::vector<std::size_t>{2, 1}));
}

class HotConversation : public MessageCommitterTest {
 protected:
  static constexpr protocol::ConversationId kElsewhere{200};
  HotConversation() {
    lab.store.add_member(kElsewhere.value, kAlice.value);
    lab.store.locked = {kRoom.value};
  }
  ~HotConversation() override {
    lab.store.locked.clear();
    test_support::join(lab.reactor, lab.scope);
  }
  void start(std::uint8_t key, protocol::ConversationId room) {
    lab.start_commit(ChatLab::draft(kAlice, key, "x", room), answers[key]);
  }
  [[nodiscard]] bool is_stored(std::uint8_t key) const {
    return answers[key] && *answers[key] && (*answers[key])->outcome == Outcome::kStored;
  }
  std::array<Answer, 10> answers;
};

TEST_F(HotConversation, holds_up_nobody_but_itself) {
  start(0, kRoom);
  start(1, kElsewhere);
  lab.settle();
  EXPECT_TRUE(is_stored(1));
  EXPECT_FALSE(answers[0]) << "it waits in its lane";
  EXPECT_EQ(lab.committer.figures().hot_lanes, 1U);
  // Now that it has its lane: no draft of another conversation meets the lock any more.
  start(2, kElsewhere);
  test_support::turn_for(lab.reactor, 4 * lab.store.latency);
  EXPECT_TRUE(is_stored(2));
}

TEST_F(HotConversation, keeps_its_order_through_the_lane_and_back) {
  for (std::uint8_t key = 0; key < 3; ++key) start(key, kRoom);
  test_support::turn_for(lab.reactor, lab.store.lock_patience / 2);
  for (std::uint8_t key = 3; key < 6; ++key) start(key, kRoom);  // while the first batch waits
  test_support::turn_for(lab.reactor, lab.store.lock_patience);
  for (std::uint8_t key = 6; key < 9; ++key) start(key, kRoom);  // into the lane
  lab.store.locked.clear();
  lab.settle();
  start(9, kRoom);
  lab.settle();
  for (std::uint8_t key = 0; key < 10; ++key) {
    ASSERT_TRUE(is_stored(key)) << int{key};
    EXPECT_EQ((*answers[key])->seq, key + 1);
  }
  EXPECT_EQ(lab.committer.figures().waiting, 0U);
}

TEST_F(HotConversation, holds_up_nobody_else_when_the_fate_of_a_try_was_unknown_before) {
  lab.store.failures.push_back({.error = kAnswerLost});
  start(0, kRoom);
  start(1, kElsewhere);
  lab.settle();
  EXPECT_TRUE(is_stored(1));
  EXPECT_FALSE(answers[0]) << "it waits in its lane";
}

TEST_F(HotConversation, is_given_up_when_the_lock_stays) {
  start(0, kRoom);
  test_support::turn_for(lab.reactor, 3 * limits::kCommitTimeout);
  ASSERT_TRUE(answers[0]);
  ASSERT_FALSE(*answers[0]);
  EXPECT_EQ(answers[0]->error().code, "55P03");
  EXPECT_TRUE(lab.store.log_of(kRoom.value).empty());
}

TEST_F(HotConversation, that_is_free_when_asked_about_is_tried_again_without_a_lane) {
  lab.store.locked.clear();
  lab.store.failures.push_back({.error = {.kind = ErrorKind::kOverloaded, .code = "55P03"}});
  start(0, kRoom);
  lab.settle();
  EXPECT_TRUE(is_stored(0));
  EXPECT_EQ(lab.committer.figures().hot_lanes, 0U);
}

TEST_F(MessageCommitterTest, past_the_queue_a_draft_is_refused_at_once) {
  std::vector<Answer> answers(limits::kCommitQueueMax + 1);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Draft draft = ChatLab::draft(kAlice, static_cast<std::uint8_t>(i), "x");
    draft.client_id.bytes[0] = static_cast<std::uint8_t>(i >> 8);
    lab.start_commit(std::move(draft), answers[i]);
  }
  ASSERT_TRUE(answers.back()) << "without a turn";
  EXPECT_EQ((*answers.back()).error().kind, ErrorKind::kOverloaded);
  EXPECT_FALSE(answers[limits::kCommitQueueMax - 1]) << "the last one that fits waits";
  test_support::join(lab.reactor, lab.scope);
  EXPECT_EQ(lab.store.log_of(kRoom.value).size(), limits::kCommitQueueMax);
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
