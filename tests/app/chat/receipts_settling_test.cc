// Receipts: settling before a user is shown the own marks, a database that is away, the end, and
// several shards.
#include "receipts_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

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
    return {
        .reactor = lab.reactor, .directory = directory, .store = lab.marks, .fan_out = lab.fan_out};
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
  for (const auto& [noting, settling] : {std::pair(&first, &second), std::pair(&second, &first)}) {
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
