// Receipts over marks in memory and virtual time: what is written together and when, what own
// messages do, what is told to whom.
#include "app/chat/receipts.h"

#include "receipts_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

// --- when ---

TEST_F(ReceiptsTest, a_hundred_marks_are_one_write) {
  store(100);
  for (protocol::Seq seq = 1; seq <= 100; ++seq) seq % 2 == 0 ? read(seq) : delivered(seq);
  pass(2s);
  EXPECT_EQ(lab.marks.batch_sizes, std::vector<std::size_t>{1});
  EXPECT_EQ(marks(), Marks(100, 100));
}

TEST_F(ReceiptsTest, a_read_mark_is_written_within_its_delay) {
  store(1);
  read(1);
  pass(limits::kReadMarkDelay - 5ms);
  EXPECT_EQ(writes(), 0U);
  pass(10ms);
  EXPECT_EQ(marks(), Marks(1, 1));
}

TEST_F(ReceiptsTest, a_delivered_mark_is_written_within_its_longer_delay) {
  store(1);
  delivered(1);
  pass(limits::kDeliveredMarkDelay - 5ms);
  EXPECT_EQ(writes(), 0U);
  pass(10ms);
  EXPECT_EQ(marks(), Marks(1, 0));
}

TEST_F(ReceiptsTest, a_delivered_mark_is_not_put_off_by_read_marks_of_others) {
  store(1);
  delivered(1);
  const MarkKey alices{.user_id = kAlice, .conversation_id = kRoom};
  for (reactor::Duration passed{}; passed < limits::kDeliveredMarkDelay; passed += 100ms) {
    ASSERT_TRUE(note({.read = 1}, alices));
    pass(100ms);
  }
  pass(10ms);
  EXPECT_EQ(marks(), Marks(1, 0));
}

TEST_F(ReceiptsTest, marks_that_come_while_others_are_written_are_written_next) {
  store(2);
  lab.marks.latency = 300ms;
  read(1);
  pass(limits::kReadMarkDelay + 100ms);
  ASSERT_EQ(writes(), 1U);
  read(2);
  pass(limits::kReadMarkDelay + 400ms);
  EXPECT_EQ(marks(), Marks(2, 2));
}

TEST_F(ReceiptsTest, marks_that_keep_coming_are_still_written_in_few_batches) {
  store(200);
  lab.marks.latency = 20ms;
  for (protocol::Seq seq = 1; seq <= 200; ++seq) {
    read(seq);
    pass(10ms);
  }
  pass(1s);
  EXPECT_EQ(marks(), Marks(200, 200));
  EXPECT_LE(writes(), 5U);
}

TEST_F(ReceiptsTest, batches_are_bounded) {
  constexpr auto kUsers = static_cast<std::int64_t>(2 * limits::kMarkBatchMax + 1);
  for (std::int64_t user = 1; user <= kUsers; ++user) {
    ASSERT_TRUE(note({.read = 1}, {.user_id = {user}, .conversation_id = kRoom}));
  }
  pass(1s);
  EXPECT_EQ(lab.marks.batch_sizes,
            (std::vector<std::size_t>{limits::kMarkBatchMax, limits::kMarkBatchMax, 1}));
}

TEST_F(ReceiptsTest, past_the_bound_there_is_no_room_but_for_what_waits_already) {
  lab.marks.is_away = true;
  for (std::size_t i = 0; i < limits::kPendingMarksMax; ++i) {
    ASSERT_TRUE(lab.receipts.figures().pending == i);
    lab.scope.spawn(keep(lab.receipts.note(
        {.user_id = kBob, .conversation_id = {static_cast<std::int64_t>(i) + 1}}, {.read = 1})));
  }
  EXPECT_FALSE(note({.read = 1}, {.user_id = kAlice, .conversation_id = kRoom}));
  EXPECT_TRUE(note({.read = 2}, {.user_id = kBob, .conversation_id = {1}}));
  lab.receipts.note_sent({{.key = {.user_id = kAlice, .conversation_id = kRoom}, .seq = 1}});
  EXPECT_EQ(lab.receipts.figures().forgotten, 1U);
  EXPECT_EQ(lab.receipts.figures().pending, limits::kPendingMarksMax);
}

// --- own messages ---

TEST_F(ReceiptsTest, an_own_message_is_read_and_delivered_right_behind_what_was) {
  store(7);
  delivered(4);
  sent(5);
  pass(1s);
  EXPECT_EQ(marks(), Marks(5, 5));
  sent(7);
  pass(1s);
  EXPECT_EQ(marks(), Marks(5, 7)) << "6 has not been delivered";
}

TEST_F(ReceiptsTest, runs_of_own_messages_with_gaps_are_one_write) {
  store(9);
  delivered(1);
  for (const protocol::Seq seq : {2, 3, 5, 6, 9}) sent(seq);
  pass(1s);
  EXPECT_EQ(writes(), 1U);
  EXPECT_EQ(marks(), Marks(3, 9));
}

TEST_F(ReceiptsTest, a_commit_raises_its_senders_mark) {
  ASSERT_TRUE(lab.commit(ChatLab::draft(kBob, 1, "mine")));
  pass(1s);
  EXPECT_EQ(marks(), Marks(1, 1));
}

TEST_F(ReceiptsTest, a_commit_whose_answer_was_lost_raises_it_as_well) {
  lab.store.failures.push_back(
      {.error = {.kind = reactor::ErrorKind::kUnavailable}, .is_committed = true});
  ASSERT_TRUE(lab.commit(ChatLab::draft(kBob, 1, "mine")));
  settle();
  EXPECT_EQ(marks(), Marks(1, 1));
}

TEST_F(ReceiptsTest, a_refused_message_raises_nothing) {
  constexpr protocol::UserId kStranger{9};
  ASSERT_TRUE(lab.commit(ChatLab::draft(kStranger, 1, "let me in")));
  EXPECT_EQ(lab.receipts.figures().pending, 0U);
}

// --- telling ---

TEST_F(ReceiptsTest, tell_the_marks_as_they_are_written_to_all_but_who_caused_them) {
  store(3);
  Listener alice(lab, kAlice, 3);
  Listener phone(lab, kBob, kPhone);
  Listener laptop(lab, kBob, kLaptop);
  for (Listener* listener : {&alice, &phone, &laptop}) listener->start(3, 3);
  read(2, kPhone);
  pass(1s);
  EXPECT_EQ(alice.heard_in_passing(), Heard{"receipt 2: 2 2"});
  EXPECT_EQ(laptop.heard_in_passing(), Heard{"receipt 2: 2 2"});
  EXPECT_EQ(phone.heard_in_passing(), Heard{});
  read(3, kPhone);
  read(1, kLaptop);
  pass(1s);
  EXPECT_EQ(phone.heard_in_passing(), Heard{"receipt 2: 3 3"}) << "two have caused it";
}

TEST_F(ReceiptsTest, tell_nothing_when_nothing_has_changed) {
  store(3);
  Listener alice(lab, kAlice, 3);
  alice.start(3, 3);
  read(2);
  pass(1s);
  read(2);
  delivered(1);
  pass(5s);
  EXPECT_EQ(alice.heard_in_passing(), Heard{"receipt 2: 2 2"});
  EXPECT_EQ(lab.receipts.figures().raised, 1U);
}

TEST_F(ReceiptsTest, tell_nothing_of_who_is_no_member) {
  store(1);
  Listener alice(lab, kAlice, 3);
  alice.start(1, 1);
  ASSERT_TRUE(note({.read = 1}, {.user_id = {9}, .conversation_id = kRoom}));
  pass(1s);
  EXPECT_EQ(alice.heard_in_passing(), Heard{});
}

TEST_F(ReceiptsTest, tell_of_own_messages_but_not_to_the_session_that_sent) {
  Listener alice(lab, kAlice, 3);
  Listener phone(lab, kBob, kPhone);
  for (Listener* listener : {&alice, &phone}) listener->start(0, 0);
  phone.send(1, "one");
  phone.send(2, "two");
  pass(1s);
  EXPECT_EQ(alice.heard_in_passing(), Heard{"receipt 2: 2 2"});
  EXPECT_EQ(phone.heard_in_passing(), Heard{});
}

TEST_F(ReceiptsTest, what_is_written_at_once_is_told_as_well) {
  store(1);
  Listener alice(lab, kAlice, 3);
  alice.start(1, 1);
  const auto raised = test_support::run(
      lab.reactor,
      lab.receipts.write({.conversation_id = kRoom.value, .user_id = kBob.value, .read_seq = 9},
                         kNoSession));
  ASSERT_TRUE(raised && *raised);
  EXPECT_EQ((*raised)->read_seq, 1);
  pass(1ms);
  EXPECT_EQ(alice.heard_in_passing(), Heard{"receipt 2: 1 1"});
}

TEST_F(ReceiptsTest, tell_nothing_once_hushed) {
  store(1);
  Listener alice(lab, kAlice, 3);
  alice.start(1, 1);
  lab.receipts.hush();
  read(1);
  pass(1s);
  EXPECT_EQ(marks(), Marks(1, 1));
  EXPECT_EQ(alice.heard_in_passing(), Heard{});
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
