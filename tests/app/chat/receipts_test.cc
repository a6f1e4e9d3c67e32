// Receipts over marks in memory and virtual time: what is written together and when, what is told
// to whom, settling, and a database that is away.
#include "app/chat/receipts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "app/limits.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

using namespace std::chrono_literals;
using Heard = std::vector<std::string>;

constexpr SessionNumber kPhone = 1;
constexpr SessionNumber kLaptop = 2;
constexpr MarkKey kBobsKey{.user_id = kBob, .conversation_id = kRoom};

class ReceiptsTest : public ::testing::Test {
 protected:
  void store(int messages, protocol::UserId sender = kAlice) {
    for (int i = 0; i < messages; ++i) {
      lab.store.store_silently({.conversation_id = kRoom.value,
                                .sender_id = sender.value,
                                .client_id = uuid_of(++last_key).bytes,
                                .body = "x"});
    }
  }
  [[nodiscard]] bool note(PendingMark mark, MarkKey key = kBobsKey) {
    return test_support::run(lab.reactor, lab.receipts.note(key, std::move(mark)));
  }
  void delivered(protocol::Seq seq, SessionNumber session = kPhone) {
    ASSERT_TRUE(note({.delivered = seq, .session = session}));
  }
  void read(protocol::Seq seq, SessionNumber session = kPhone) {
    ASSERT_TRUE(note({.read = seq, .session = session}));
  }
  void sent(protocol::Seq seq, SessionNumber session = kPhone) {
    lab.receipts.note_sent({{.key = kBobsKey, .seq = seq, .session = session}});
  }
  void pass(reactor::Duration span) { test_support::turn_for(lab.reactor, span); }
  void settle() { test_support::run(lab.reactor, lab.receipts.settle(kBob)); }
  [[nodiscard]] std::pair<protocol::Seq, protocol::Seq> marks() const {
    const db::Marks marks = lab.marks.marks_of(kRoom.value, kBob.value);
    return {marks.delivered_seq, marks.read_seq};
  }
  static reactor::Task<void> keep(reactor::Task<bool> task) {
    EXPECT_TRUE(co_await std::move(task));
  }
  [[nodiscard]] std::size_t writes() const { return lab.marks.batch_sizes.size(); }

  ChatLab lab;
  std::uint8_t last_key = 0;
};

using Marks = std::pair<protocol::Seq, protocol::Seq>;

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
      lab.receipts.write(
          {.conversation_id = kRoom.value, .user_id = kBob.value, .read_seq = 9}, kNoSession));
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

// --- settling ---

TEST_F(ReceiptsTest, settling_writes_what_the_user_has_pending_and_nothing_else) {
  store(2);
  read(1);
  ASSERT_TRUE(note({.read = 2}, {.user_id = kAlice, .conversation_id = kRoom}));
  settle();
  EXPECT_EQ(marks(), Marks(1, 1));
  EXPECT_EQ(lab.marks.batch_sizes, std::vector<std::size_t>{1});
  EXPECT_EQ(lab.receipts.figures().pending, 1U);
}

TEST_F(ReceiptsTest, settling_is_free_when_nothing_is_pending) {
  const reactor::TimePoint before = lab.reactor.now();
  settle();
  EXPECT_EQ(lab.reactor.now(), before);
  EXPECT_EQ(writes(), 0U);
}

TEST_F(ReceiptsTest, settling_waits_for_what_is_being_written) {
  store(1);
  lab.marks.latency = 100ms;
  delivered(1);
  pass(limits::kDeliveredMarkDelay + 10ms);
  ASSERT_EQ(writes(), 1U);
  EXPECT_EQ(marks(), Marks(0, 0));
  settle();
  EXPECT_EQ(marks(), Marks(1, 0));
  EXPECT_EQ(writes(), 1U);
}

TEST_F(ReceiptsTest, settling_tries_again_what_could_not_be_written) {
  store(1);
  lab.marks.latency = 100ms;
  lab.marks.failures.push_back({.kind = reactor::ErrorKind::kOverloaded});
  read(1);
  pass(limits::kReadMarkDelay + 10ms);
  settle();
  EXPECT_EQ(marks(), Marks(1, 1));
}

TEST_F(ReceiptsTest, settling_returns_when_the_database_is_away) {
  store(1);
  lab.marks.is_away = true;
  read(1);
  settle();
  EXPECT_EQ(lab.receipts.figures().pending, 1U);
}

// --- failures ---

TEST_F(ReceiptsTest, what_cannot_be_written_is_kept_joined_and_tried_again) {
  store(5);
  lab.marks.is_away = true;
  read(1);
  pass(5s);
  delivered(4);
  EXPECT_EQ(lab.receipts.figures().pending, 1U);
  lab.marks.is_away = false;
  pass(1s);
  EXPECT_EQ(marks(), Marks(4, 1));
}

TEST_F(ReceiptsTest, a_deadlock_is_tried_again_and_a_refusal_is_not) {
  store(1);
  lab.marks.failures.push_back({.kind = reactor::ErrorKind::kProtocol, .code = "40P01"});
  read(1);
  pass(2s);
  EXPECT_EQ(marks(), Marks(1, 1));
  lab.marks.failures.push_back({.kind = reactor::ErrorKind::kInvalid, .code = "22003"});
  read(1);
  pass(5s);
  EXPECT_EQ(writes(), 3U);
  EXPECT_EQ(lab.receipts.figures().forgotten, 1U);
  EXPECT_EQ(lab.receipts.figures().pending, 0U);
}

TEST_F(ReceiptsTest, closing_writes_what_is_left) {
  store(2);
  delivered(2);
  read(1);
  test_support::run(lab.reactor, lab.receipts.close());
  EXPECT_EQ(marks(), Marks(2, 1));
}

TEST_F(ReceiptsTest, closing_gives_up_when_the_database_is_away) {
  store(1);
  lab.marks.is_away = true;
  read(1);
  test_support::run(lab.reactor, lab.receipts.close());
  EXPECT_EQ(marks(), Marks(0, 0));
}

// --- several shards ---

class ReceiptsOfTwoShardsTest : public ReceiptsTest {
 protected:
  ReceiptsOfTwoShardsTest() {
    for (std::size_t shard = 0; shard < 2; ++shard) {
      directory.enter(shard, {.reactor = &lab.reactor,
                              .scope = &lab.scope,
                              .hub = &lab.hub,
                              .receipts = shard == 0 ? &first : &second});
    }
  }
  ~ReceiptsOfTwoShardsTest() override {
    test_support::run(lab.reactor, first.close());
    test_support::run(lab.reactor, second.close());
  }
  Receipts::Environment environment() {
    return {.reactor = lab.reactor,
            .directory = directory,
            .store = lab.marks,
            .fan_out = lab.fan_out};
  }

  ShardDirectory directory{2};
  Receipts first{environment()};
  Receipts second{environment()};
};

TEST_F(ReceiptsOfTwoShardsTest, marks_of_a_user_meet_on_one_of_them) {
  store(4);
  for (Receipts* receipts : {&first, &second}) {
    EXPECT_TRUE(test_support::run(lab.reactor, receipts->note(kBobsKey, {.delivered = 2})));
    receipts->note_sent({{.key = kBobsKey, .seq = 3}, {.key = kBobsKey, .seq = 4}});
  }
  EXPECT_EQ(first.figures().pending + second.figures().pending, 1U);
  pass(1s);
  EXPECT_EQ(lab.marks.batch_sizes, std::vector<std::size_t>{1});
  EXPECT_EQ(marks(), Marks(4, 4));
}

TEST_F(ReceiptsOfTwoShardsTest, settling_anywhere_settles_what_was_noted_anywhere) {
  store(2);
  for (const auto& [noting, settling] :
       {std::pair(&first, &second), std::pair(&second, &first)}) {
    noting->note_sent({{.key = kBobsKey, .seq = noting == &first ? 1 : 2}});
    test_support::run(lab.reactor, settling->settle(kBob));
    EXPECT_EQ(marks().second, noting == &first ? 1 : 2);
  }
}

TEST_F(ReceiptsOfTwoShardsTest, own_messages_of_a_batch_go_to_each_shard_in_one_letter) {
  std::vector<SentMark> sent;
  for (std::int64_t user = 1; user <= 50; ++user) {
    sent.push_back({.key = {.user_id = {user}, .conversation_id = kRoom}, .seq = 1});
  }
  const std::uint64_t letters = lab.reactor.figures().letters;
  first.note_sent(sent);
  pass(1ms);
  EXPECT_EQ(lab.reactor.figures().letters - letters, 1U) << "what is owned here needs none";
  EXPECT_EQ(first.figures().pending + second.figures().pending, 50U);
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
