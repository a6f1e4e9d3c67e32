// News in passing: whom it reaches, and who misses it.
#include "app/chat/passing.h"

#include <gtest/gtest.h>

#include "app/limits.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

using Heard = std::vector<std::string>;

constexpr SessionNumber kPhone = 1;
constexpr SessionNumber kLaptop = 2;

class PassingTest : public ::testing::Test {
 protected:
  void type(protocol::UserId user) {
    lab.fan_out.pass_on(passing({.conversation_id = kRoom, .user_id = user, .is_on = true}));
    lab.settle();
  }
  void tell_receipt(protocol::UserId user, SessionNumber skipped) {
    lab.fan_out.pass_on(passing(
        {.conversation_id = kRoom, .user_id = user, .delivered_seq = 4, .read_seq = 3}, skipped));
    lab.settle();
  }

  ChatLab lab;
  Listener alice{lab, kAlice, kPhone};
  Listener laptop{lab, kAlice, kLaptop};
  Listener bob{lab, kBob, 3};
};

TEST_F(PassingTest, typing_reaches_the_others_and_no_device_of_who_types) {
  for (Listener* listener : {&alice, &laptop, &bob}) listener->start(0, 0);
  type(kAlice);
  EXPECT_EQ(bob.heard_in_passing(), Heard{"typing 1 true"});
  EXPECT_EQ(alice.heard_in_passing(), Heard{});
  EXPECT_EQ(laptop.heard_in_passing(), Heard{});
  EXPECT_EQ(lab.metrics.passing_sent, 1U);
  EXPECT_EQ(lab.metrics.passing_dropped, 0U);
}

TEST_F(PassingTest, a_receipt_reaches_all_but_the_session_that_caused_it) {
  for (Listener* listener : {&alice, &laptop, &bob}) listener->start(0, 0);
  tell_receipt(kAlice, kPhone);
  EXPECT_EQ(bob.heard_in_passing(), Heard{"receipt 1: 4 3"});
  EXPECT_EQ(laptop.heard_in_passing(), Heard{"receipt 1: 4 3"});
  EXPECT_EQ(alice.heard_in_passing(), Heard{});
  tell_receipt(kAlice, kNoSession);
  EXPECT_EQ(alice.heard_in_passing(), Heard{"receipt 1: 4 3"});
}

TEST_F(PassingTest, who_has_not_started_misses_it) {
  bob.feeds.add(kRoom);
  type(kAlice);
  bob.feeds.start(kRoom, 0, 0);
  lab.settle();
  EXPECT_EQ(bob.heard_in_passing(), Heard{});
  EXPECT_EQ(lab.metrics.passing_dropped, 1U);
}

TEST_F(PassingTest, who_does_not_listen_hears_nothing) {
  type(kAlice);
  EXPECT_EQ(bob.heard_in_passing(), Heard{});
}

TEST_F(PassingTest, it_is_dropped_where_much_waits_to_be_sent_and_the_log_is_not) {
  bob.start(0, 0);
  bob.stop_reading();
  std::uint8_t key = 0;
  while (bob.unsent_bytes() <= limits::kOutboxHighBytes) {
    ASSERT_TRUE(lab.commit(ChatLab::draft(kAlice, ++key, std::string(16 * 1024, 'x'))));
    ASSERT_LT(key, 255);
    test_support::turn_for(lab.reactor, std::chrono::milliseconds(5));
  }
  const std::uint64_t dropped = lab.metrics.passing_dropped;
  type(kAlice);
  EXPECT_GT(lab.metrics.passing_dropped, dropped);
  bob.go_on_reading();
  lab.settle();
  EXPECT_EQ(bob.heard().size(), key);
}

TEST(SessionTableNumbers, are_unlike_on_every_shard) {
  SessionTable first(0);
  SessionTable second(1);
  EXPECT_NE(first.next_number(), kNoSession);
  EXPECT_NE(first.next_number(), first.next_number());
  EXPECT_EQ(second.next_number() >> 48U, 1U);
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
