// Each spoilt sequence has one fault, and the ledger must name that one and no other.
#include "loadgen/measure/delivery_ledger.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace ringtalk::loadgen {
namespace {

using View = DeliveryLedger::View;

constexpr std::uint32_t kWriter = 0, kReader = 1, kOther = 2;

Accounts audit(const DeliveryLedger& ledger) {
  const std::array all{&ledger};
  return DeliveryLedger::audit(all);
}

Payload message(std::uint64_t number, std::uint32_t sender = kWriter) {
  return {.run = 1, .sender = sender, .number = number, .intended_ns = 0};
}

void hear(DeliveryLedger& ledger, View view, std::int64_t seq, const Payload& payload) {
  ledger.heard(view, seq, &payload);
}

// One who writes and two who read, in one conversation whose head was 10. write(n) is acknowledged
// with seq 10 + n.
struct DeliveryLedgerTest : testing::Test {
  DeliveryLedger ledger;
  View writer = ledger.open(0, kWriter, 10);
  View reader = ledger.open(0, kReader, 10);
  View other = ledger.open(0, kOther, 10);

  void write(std::uint64_t number) {
    ledger.acked(writer, 10 + static_cast<std::int64_t>(number), number, false);
  }
  void read(View view, std::uint64_t number) {
    hear(ledger, view, 10 + static_cast<std::int64_t>(number), message(number));
  }
  void expect_clean() {
    EXPECT_TRUE(audit(ledger).are_clean());
    for (const std::string& finding : ledger.findings()) ADD_FAILURE() << finding;
  }
};

TEST_F(DeliveryLedgerTest, is_clean_when_all_came_in_order) {
  for (std::uint64_t number = 1; number <= 100; ++number) {
    write(number);
    read(reader, number);
    read(other, number);
  }
  expect_clean();
  EXPECT_EQ(audit(ledger).expected, 200u);
  EXPECT_EQ(audit(ledger).delivered, 200u);
  EXPECT_EQ(ledger.position(reader), 110);
  EXPECT_EQ(ledger.position(writer), 110);
}

TEST_F(DeliveryLedgerTest, events_may_come_before_the_ack) {
  read(reader, 1);
  read(other, 1);
  write(1);
  expect_clean();
  EXPECT_EQ(audit(ledger).expected, 2u);
}

TEST_F(DeliveryLedgerTest, what_is_acked_and_not_told_is_lost) {
  write(1);
  write(2);
  read(reader, 1);
  read(other, 1);
  read(other, 2);
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.lost, 1u);
  EXPECT_EQ(accounts.expected, 4u);
  EXPECT_EQ(accounts.delivered, 3u);
  EXPECT_EQ(accounts.doubled + accounts.reordered + accounts.holes, 0u);
  const std::array all{static_cast<const DeliveryLedger*>(&ledger)};
  ASSERT_EQ(DeliveryLedger::findings_of(all).size(), 1u);
  EXPECT_EQ(DeliveryLedger::findings_of(all)[0],
            "user 1, conversation 0: 1 of 2 acknowledged messages never came; the last seq that "
            "came is 11");
}

TEST_F(DeliveryLedgerTest, a_seq_passed_over_is_a_hole_and_its_message_lost) {
  for (std::uint64_t number = 1; number <= 3; ++number) write(number);
  for (std::uint64_t number = 1; number <= 3; ++number) read(other, number);
  read(reader, 1);
  read(reader, 3);
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.holes, 1u);
  EXPECT_EQ(accounts.lost, 1u);
  EXPECT_EQ(accounts.doubled + accounts.reordered, 0u);
  ASSERT_EQ(ledger.findings().size(), 1u);
  EXPECT_EQ(ledger.findings()[0],
            "user 1, conversation 0: seq 13 came after 11, in between is a hole");
}

TEST_F(DeliveryLedgerTest, a_hole_of_what_nobody_was_promised_is_a_hole_and_no_loss) {
  ledger.acked(writer, 11, 1, false);
  read(reader, 1);
  read(other, 1);
  hear(ledger, other, 12, message(1, kReader));  // stored, its ack never came
  hear(ledger, other, 13, message(2, kReader));
  hear(ledger, reader, 13, message(2, kReader));
  ledger.heard(writer, 12, nullptr);
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.holes, 1u);
  EXPECT_EQ(accounts.lost, 0u);
}

TEST_F(DeliveryLedgerTest, what_fills_a_hole_late_is_out_of_order_and_not_lost) {
  for (std::uint64_t number = 1; number <= 5; ++number) write(number);
  for (std::uint64_t number = 1; number <= 5; ++number) read(other, number);
  read(reader, 1);
  read(reader, 5);
  read(reader, 3);
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.holes, 1u);
  EXPECT_EQ(accounts.reordered, 1u);
  EXPECT_EQ(accounts.lost, 2u);  // 2 and 4
  EXPECT_EQ(accounts.doubled, 0u);
}

TEST_F(DeliveryLedgerTest, the_same_event_twice_is_doubled) {
  write(1);
  read(reader, 1);
  read(reader, 1);
  read(other, 1);
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.doubled, 1u);
  EXPECT_EQ(accounts.reordered + accounts.holes + accounts.lost, 0u);
}

TEST_F(DeliveryLedgerTest, one_message_under_two_seqs_is_doubled_for_all_who_hear_it) {
  write(1);
  for (const View view : {reader, other}) read(view, 1);
  for (const View view : {writer, reader, other}) hear(ledger, view, 12, message(1));
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.doubled, 3u);
  EXPECT_EQ(accounts.reordered + accounts.holes + accounts.lost, 0u);
}

TEST_F(DeliveryLedgerTest, one_message_acked_under_two_seqs_is_doubled) {
  write(1);
  for (const View view : {reader, other}) read(view, 1);
  ledger.acked(writer, 12, 1, false);
  EXPECT_EQ(audit(ledger).doubled, 1u);
}

TEST_F(DeliveryLedgerTest, an_own_message_by_ack_and_by_event_is_doubled) {
  write(1);
  read(writer, 1);
  EXPECT_EQ(audit(ledger).doubled, 1u);
}

TEST_F(DeliveryLedgerTest, an_ack_that_skips_an_event_is_a_hole) {
  ledger.acked(writer, 12, 1, false);
  EXPECT_EQ(audit(ledger).holes, 1u);
}

TEST_F(DeliveryLedgerTest, a_later_message_of_a_sender_before_an_earlier_one_is_out_of_order) {
  hear(ledger, reader, 11, message(2));
  hear(ledger, reader, 12, message(1));
  hear(ledger, other, 11, message(2));
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.reordered, 1u);
  EXPECT_EQ(accounts.doubled + accounts.holes + accounts.lost, 0u);
  hear(ledger, other, 12, message(1));
  EXPECT_EQ(audit(ledger).reordered, 2u);
}

TEST_F(DeliveryLedgerTest, numbers_of_different_senders_and_conversations_are_their_own) {
  const View elsewhere = ledger.open(1, kReader, 0);
  hear(ledger, reader, 11, message(5, kWriter));
  hear(ledger, reader, 12, message(3, kOther));
  hear(ledger, elsewhere, 1, message(1, kWriter));
  expect_clean();
}

TEST_F(DeliveryLedgerTest, two_who_are_told_different_messages_under_one_seq_are_out_of_order) {
  hear(ledger, reader, 11, message(1));
  hear(ledger, other, 11, message(1, kReader));
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.reordered, 1u);
  EXPECT_EQ(accounts.doubled + accounts.holes + accounts.lost, 0u);
}

TEST_F(DeliveryLedgerTest, a_message_where_another_heard_something_else_is_out_of_order) {
  ledger.heard(reader, 11, nullptr);
  hear(ledger, other, 11, message(1));
  EXPECT_EQ(audit(ledger).reordered, 1u);
}

TEST_F(DeliveryLedgerTest, a_seq_from_before_the_start_goes_back) {
  hear(ledger, reader, 10, message(1));
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.reordered, 1u);
  EXPECT_EQ(accounts.doubled, 0u);
  EXPECT_EQ(ledger.position(reader), 10);
}

TEST_F(DeliveryLedgerTest, the_ack_of_a_repeated_send_takes_no_place) {
  write(1);
  for (const View view : {reader, other}) read(view, 1);
  ledger.acked(writer, 11, 1, true);
  EXPECT_EQ(ledger.position(writer), 11);
  expect_clean();
}

TEST_F(DeliveryLedgerTest, the_ack_of_a_repeated_send_promises_the_message_also_to_its_sender) {
  for (const View view : {reader, other}) read(view, 1);
  ledger.acked(writer, 11, 1, true);  // its event is still on the way to the new connection
  EXPECT_EQ(ledger.position(writer), 10);
  EXPECT_EQ(audit(ledger).lost, 1u);
  read(writer, 1);
  expect_clean();
  EXPECT_EQ(audit(ledger).expected, 3u);
}

TEST_F(DeliveryLedgerTest, the_ack_of_a_repeated_send_with_the_seq_of_another_is_doubled) {
  for (const View view : {writer, reader, other}) hear(ledger, view, 11, message(1, kReader));
  ledger.acked(writer, 11, 1, true);
  EXPECT_EQ(audit(ledger).doubled, 1u);
}

TEST_F(DeliveryLedgerTest, a_new_connection_is_told_again_what_lies_past_its_mark) {
  for (std::uint64_t number = 1; number <= 4; ++number) {
    write(number);
    read(reader, number);
    read(other, number);
  }
  ledger.resumed(reader, 12);
  EXPECT_EQ(ledger.position(reader), 12);
  expect_clean();  // nothing is lost of what the old connection was told
  write(5);
  read(other, 5);
  for (std::uint64_t number = 3; number <= 5; ++number) read(reader, number);
  expect_clean();
  EXPECT_EQ(audit(ledger).delivered, 10u);
}

TEST_F(DeliveryLedgerTest, a_new_connection_must_tell_the_same) {
  for (std::uint64_t number = 1; number <= 2; ++number) {
    write(number);
    read(reader, number);
    read(other, number);
  }
  ledger.resumed(reader, 10);
  hear(ledger, reader, 11, message(2));
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.reordered, 1u);
  EXPECT_EQ(accounts.lost, 0u);
}

TEST_F(DeliveryLedgerTest, a_new_connection_may_pass_nothing_over) {
  for (std::uint64_t number = 1; number <= 4; ++number) {
    write(number);
    read(reader, number);
    read(other, number);
  }
  ledger.resumed(reader, 11);
  read(reader, 4);
  EXPECT_EQ(audit(ledger).holes, 1u);
  EXPECT_EQ(audit(ledger).lost, 0u);  // the old connection had it
}

TEST_F(DeliveryLedgerTest, a_mark_past_what_was_heard_hides_no_loss) {
  write(1);
  write(2);
  read(other, 1);
  read(other, 2);
  ledger.resumed(reader, 11);  // nobody told it 11
  read(reader, 2);
  EXPECT_EQ(audit(ledger).holes, 1u);
  EXPECT_EQ(audit(ledger).lost, 1u);
}

TEST_F(DeliveryLedgerTest, a_hole_is_filled_by_the_next_connection) {
  for (std::uint64_t number = 1; number <= 3; ++number) {
    write(number);
    read(other, number);
  }
  read(reader, 1);
  read(reader, 3);
  ledger.resumed(reader, 11);
  read(reader, 2);
  read(reader, 3);
  const Accounts accounts = audit(ledger);
  EXPECT_EQ(accounts.holes, 1u);
  EXPECT_EQ(accounts.lost + accounts.reordered + accounts.doubled, 0u);
}

TEST_F(DeliveryLedgerTest, who_is_not_expected_to_hear_all_loses_nothing_and_must_keep_the_order) {
  const View slow = ledger.open(0, 3, 10, false);
  for (std::uint64_t number = 1; number <= 3; ++number) {
    write(number);
    read(reader, number);
    read(other, number);
  }
  read(slow, 1);
  EXPECT_TRUE(audit(ledger).are_clean());
  EXPECT_EQ(audit(ledger).expected, 6u);
  read(slow, 3);
  EXPECT_EQ(audit(ledger).holes, 1u);
  EXPECT_EQ(audit(ledger).lost, 0u);
}

TEST_F(DeliveryLedgerTest, who_is_excused_loses_nothing_any_more) {
  write(1);
  read(reader, 1);
  EXPECT_EQ(audit(ledger).lost, 1u);
  ledger.excuse(other);
  ledger.excuse(other);
  expect_clean();
}

TEST_F(DeliveryLedgerTest, who_trails_is_still_compared_up_to_the_bound_and_counted_past_it) {
  constexpr std::uint64_t kMessages = DeliveryLedger::kLogEntriesMax + 1;
  for (std::uint64_t number = 1; number <= kMessages; ++number) {
    write(number);
    read(reader, number);
  }
  for (std::uint64_t number = 1; number <= kMessages; ++number) read(other, number);
  expect_clean();
  EXPECT_EQ(audit(ledger).unchecked, 1u);  // the first one
}

TEST_F(DeliveryLedgerTest, findings_are_bounded_and_faults_are_not) {
  for (std::size_t count = 0; count <= DeliveryLedger::kFindingsMax; ++count) read(reader, 0);
  EXPECT_EQ(ledger.findings().size(), DeliveryLedger::kFindingsMax);
  EXPECT_EQ(audit(ledger).reordered, DeliveryLedger::kFindingsMax + 1);
}

// Writers on one thread, readers on another.
struct TwoThreads : testing::Test {
  DeliveryLedger writers, readers;
  View writer = writers.open(0, kWriter, 0);
  View reader = readers.open(0, kReader, 0);
  std::array<const DeliveryLedger*, 2> both{&writers, &readers};
};

TEST_F(TwoThreads, are_audited_together) {
  writers.acked(writer, 1, 1, false);
  writers.acked(writer, 2, 2, false);
  hear(readers, reader, 1, message(1));
  EXPECT_EQ(DeliveryLedger::audit(both).lost, 1u);
  hear(readers, reader, 2, message(2));
  const Accounts accounts = DeliveryLedger::audit(both);
  EXPECT_TRUE(accounts.are_clean());
  EXPECT_EQ(accounts.expected, 2u);
  EXPECT_EQ(accounts.delivered, 2u);
}

TEST_F(TwoThreads, one_seq_acked_to_users_of_both_is_doubled) {
  writers.acked(writer, 1, 1, false);
  readers.acked(reader, 1, 1, false);
  EXPECT_EQ(DeliveryLedger::audit(both).doubled, 1u);
}

TEST_F(TwoThreads, are_told_the_same_order) {
  const View second = writers.open(0, kOther, 0);
  writers.acked(writer, 1, 1, false);
  hear(writers, writer, 2, message(1, kReader));
  hear(writers, second, 1, message(1));
  hear(writers, second, 2, message(1, kReader));
  hear(readers, reader, 1, message(1, kReader));  // the other way round
  hear(readers, reader, 2, message(1));
  EXPECT_EQ(DeliveryLedger::audit(both).reordered, 1u);
}

TEST(DeliveryLedger, a_million_views_and_a_random_clean_run_are_clean) {
  constexpr std::uint32_t kUsers = 1'000, kConversations = 1'000;
  DeliveryLedger ledger;
  for (std::uint32_t user = 0; user < kUsers; ++user)
    for (std::uint32_t each = 0; each < kConversations; ++each) ledger.open(each, user, 5);
  std::mt19937_64 random(9);
  std::vector<std::vector<std::uint64_t>> numbers(kConversations, std::vector<std::uint64_t>(4));
  std::vector<std::int64_t> heads(kConversations, 5);
  constexpr std::uint64_t kMessages = 3'000;
  for (std::uint64_t count = 0; count < kMessages; ++count) {
    const auto conversation = static_cast<std::uint32_t>(random() % kConversations);
    const auto sender = static_cast<std::uint32_t>(random() % 4);
    const Payload payload = message(++numbers[conversation][sender], sender);
    const std::int64_t seq = ++heads[conversation];
    for (std::uint32_t user = 0; user < kUsers; ++user) {
      const View view = user * kConversations + conversation;
      if (user == sender)
        ledger.acked(view, seq, payload.number, false);
      else
        ledger.heard(view, seq, &payload);
    }
  }
  const Accounts accounts = audit(ledger);
  EXPECT_TRUE(accounts.are_clean());
  EXPECT_EQ(accounts.unchecked, 0u);
  EXPECT_EQ(accounts.expected, kMessages * (kUsers - 1));
  EXPECT_EQ(accounts.delivered, accounts.expected);
}

}  // namespace
}  // namespace ringtalk::loadgen
