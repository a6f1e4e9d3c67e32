// The rounds of the hub: events that come together are given together, a large conversation rests
// between two rounds, and nobody's place in the log suffers by it.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "app/chat/hub.h"
#include "app/limits.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

using Heard = std::vector<std::string>;
using std::chrono::milliseconds;

class HubRoundTest : public ::testing::Test {
 protected:
  void gather_listeners(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const protocol::UserId user{static_cast<std::int64_t>(1000 + i)};
      listeners.push_back(std::make_unique<Listener>(lab, user));
      listeners.back()->start(0, 0);
    }
  }
  /// Committed; no turn rounds.
  void publish(protocol::EventDetail detail) {
    lab.fan_out.publish(kRoom, {.seq = ++last_seq, .detail = std::move(detail)});
  }
  void publish_message(std::string content) {
    publish(protocol::MessageView{.conversation_id = kRoom,
                                  .seq = last_seq + 1,
                                  .sender_id = kBob,
                                  .content = std::move(content)});
  }
  void turn() { lab.reactor.run_turn(lab.reactor.now()); }
  void spend(reactor::Duration time) { test_support::turn_for(lab.reactor, time); }

  ChatLab lab;
  std::vector<std::unique_ptr<Listener>> listeners;
  protocol::Seq last_seq = 0;
};

TEST_F(HubRoundTest, few_listeners_are_given_each_event_at_once) {
  gather_listeners(limits::kGatheredListenersMin - 1);
  publish_message("one");
  publish_message("two");
  EXPECT_EQ(lab.hub.rounds(), 2U);
  lab.settle();
  for (const auto& listener : listeners)
    EXPECT_EQ(listener->heard(), (Heard{"event 1 one", "event 2 two"}));
}

TEST_F(HubRoundTest, many_are_given_what_a_turn_brings_in_one_round) {
  gather_listeners(limits::kGatheredListenersMin);
  publish_message("one");
  publish_message("two");
  publish_message("three");
  EXPECT_EQ(lab.hub.rounds(), 0U) << "the turn is not over";
  lab.settle();
  EXPECT_EQ(lab.hub.rounds(), 1U);
  EXPECT_EQ(lab.hub.events_given(), 3U);
  for (const auto& listener : listeners) {
    EXPECT_EQ(listener->heard(), (Heard{"event 1 one", "event 2 two", "event 3 three"}));
  }
  EXPECT_EQ(lab.metrics.events_delivered, 3 * listeners.size());
  EXPECT_EQ(lab.store.pages_read, 0U);
}

TEST_F(HubRoundTest, the_first_event_after_a_silence_never_waits) {
  gather_listeners(limits::kRestingListenersMin);
  for (int round = 1; round <= 3; ++round) {
    // In the middle of a millisecond, to which timers are exact.
    lab.clock.advance_to(lab.clock.steady_now() + std::chrono::microseconds(300));
    publish_message("x");
    turn();
    EXPECT_EQ(lab.hub.rounds(), static_cast<std::uint64_t>(round));
    lab.settle();
  }
}

TEST_F(HubRoundTest, a_large_conversation_rests_after_a_round_and_a_smaller_one_does_not) {
  for (const bool is_large : {false, true}) {
    listeners.clear();
    gather_listeners(limits::kRestingListenersMin - (is_large ? 0 : 1));
    const std::uint64_t rounds = lab.hub.rounds();
    for (int round = 0; round < 3; ++round) {
      publish_message("x");
      turn();
    }
    EXPECT_EQ(lab.hub.rounds() - rounds, is_large ? 1U : 3U);
    spend(limits::kRestMax + milliseconds(1));
    EXPECT_EQ(lab.hub.rounds() - rounds, is_large ? 2U : 3U) << "what came meanwhile, in one round";
    lab.settle();
  }
}

TEST_F(HubRoundTest, who_has_sent_a_message_does_not_wait_for_the_round) {
  gather_listeners(limits::kRestingListenersMin);
  Listener alice(lab, kAlice);
  alice.start(0, 0);
  lab.store.latency = {};
  ASSERT_TRUE(lab.commit(ChatLab::draft(kBob, 1, "first")));
  turn();
  ASSERT_EQ(lab.hub.rounds(), 1U);
  alice.send(2, "second");
  for (int i = 0; i < 4; ++i) turn();
  EXPECT_EQ(alice.heard(), (Heard{"event 1 first", "ack 2"}));
  EXPECT_EQ(lab.hub.rounds(), 1U) << "the others' round is still to come";
  lab.settle();
  EXPECT_EQ(alice.heard().size(), 2U);
  EXPECT_EQ(listeners.front()->heard(), (Heard{"event 1 first", "event 2 second"}));
  EXPECT_EQ(lab.metrics.feed_fills, 0U);
}

TEST_F(HubRoundTest, a_round_that_takes_a_member_out_lets_nobody_hear_more_than_his_share) {
  gather_listeners(limits::kGatheredListenersMin);
  publish_message("before");
  publish(protocol::Left{.user_id = {1000}, .by_user_id = kBob});
  publish_message("after");
  lab.settle();
  EXPECT_EQ(listeners[0]->heard(), Heard{"event 1 before"});
  EXPECT_EQ(listeners[0]->left, std::vector{kRoom});
  EXPECT_EQ(listeners[1]->heard().size(), 3U);
}

TEST_F(HubRoundTest, more_than_fits_one_piece_goes_event_by_event) {
  gather_listeners(limits::kGatheredListenersMin);
  for (int i = 0; i < 9; ++i) publish_message(std::string(8 * 1024, 'x'));
  lab.settle();
  EXPECT_EQ(lab.hub.rounds(), 1U);
  for (const auto& listener : listeners) EXPECT_EQ(listener->heard().size(), 9U);
  EXPECT_EQ(lab.store.pages_read, 0U);
}

TEST_F(HubRoundTest, who_joins_between_an_event_and_its_round_hears_it_once) {
  gather_listeners(limits::kGatheredListenersMin);
  publish_message("one");
  listeners.push_back(std::make_unique<Listener>(lab, kAlice));
  listeners.back()->start(0, 1);
  publish_message("two");
  lab.settle();
  EXPECT_EQ(listeners.back()->heard(), (Heard{"event 1 one", "event 2 two"}));
}

TEST_F(HubRoundTest, a_conversation_that_everybody_leaves_needs_no_round) {
  gather_listeners(limits::kRestingListenersMin);
  publish_message("one");
  for (const auto& listener : listeners) listener->feeds.remove(kRoom);
  lab.settle();
  EXPECT_EQ(lab.hub.topics(), 0U);
  EXPECT_EQ(lab.hub.rounds(), 0U);
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
