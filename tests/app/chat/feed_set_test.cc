// The feeds of one session: order without holes, whatever the hub's letters do; the place of the
// own acks; catching up, holding, and syncs.
#include "app/chat/feed_set.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "app/limits.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

using Heard = std::vector<std::string>;

class FeedSetTest : public ::testing::Test {
 protected:
  /// Another instance commits: it is in the database, and no letter tells of it.
  void store_silently(std::uint8_t key, std::string body) {
    lab.store.store_silently({.conversation_id = kRoom.value,
                              .sender_id = kBob.value,
                              .client_id = uuid_of(key).bytes,
                              .body = std::move(body)});
  }
  void store_many(int messages) {
    for (int count = 0; count < messages; ++count) {
      const int i = many_stored++;
      db::Draft draft{.conversation_id = kRoom.value, .sender_id = kBob.value, .body = "old"};
      draft.client_id[0] = static_cast<std::uint8_t>(1 + i / 256);
      draft.client_id[1] = static_cast<std::uint8_t>(i % 256);
      lab.store.store_silently(std::move(draft));
    }
  }
  void commit(std::uint8_t key, std::string content) {
    ASSERT_TRUE(lab.commit(ChatLab::draft(kBob, key, std::move(content))));
  }

  ChatLab lab;
  int many_stored = 0;
  Listener alice{lab, kAlice};
};

TEST_F(FeedSetTest, passes_on_what_is_committed_in_its_order) {
  alice.start(0, 0);
  commit(1, "one");
  commit(2, "two");
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"event 1 one", "event 2 two"}));
  EXPECT_EQ(lab.store.pages_read, 0U) << "the letters brought everything";
}

// Feeds lie side by side, and move when another one comes or goes.
TEST_F(FeedSetTest, a_log_goes_on_when_others_of_its_session_and_its_listeners_come_and_go) {
  auto bob = std::make_unique<Listener>(lab, kBob);
  Listener carol(lab, kBob);
  bob->start(0, 0);
  alice.start(0, 0);
  carol.start(0, 0);
  for (std::int64_t i = 1; i <= 8; ++i) {
    EXPECT_TRUE(alice.feeds.add({kRoom.value - i}));
    EXPECT_TRUE(alice.feeds.add({kRoom.value + i}));
  }
  EXPECT_FALSE(alice.feeds.add(kRoom)) << "it listens already";
  commit(1, "one");
  lab.settle();
  for (std::int64_t i = 1; i <= 8; ++i) alice.feeds.remove({kRoom.value - i});
  bob.reset();
  commit(2, "two");
  lab.settle();
  const Heard both{"event 1 one", "event 2 two"};
  EXPECT_EQ(alice.heard(), both);
  EXPECT_EQ(carol.heard(), both);
  EXPECT_EQ(alice.feeds.size(), 9U);
  EXPECT_EQ(alice.feeds.conversation_ids().front(), kRoom);
  alice.feeds.remove(kRoom);
  commit(3, "three");
  lab.settle();
  EXPECT_EQ(alice.heard(), both);
  EXPECT_EQ(carol.heard().size(), 3U);
}

TEST_F(FeedSetTest, listens_to_many_at_once_in_whatever_order_they_are_named) {
  alice.feeds.add_all({{30}, {10}, {20}, {10}});
  EXPECT_EQ(alice.feeds.conversation_ids(),
            (std::vector<protocol::ConversationId>{{10}, {20}, {30}}));
  EXPECT_TRUE(alice.feeds.is_starting({20}));
  EXPECT_FALSE(alice.feeds.contains({15}));
}

TEST_F(FeedSetTest, an_own_ack_makes_nobody_fetch_its_event) {
  Listener bob(lab, kBob);
  alice.start(0, 0);
  bob.start(0, 0);
  bob.send(1, "hello");
  lab.settle();
  EXPECT_EQ(bob.heard(), Heard{"ack 1"});
  EXPECT_EQ(alice.heard(), Heard{"event 1 hello"});
  EXPECT_EQ(lab.store.pages_read, 0U);
  EXPECT_EQ(lab.metrics.feed_fills, 0U) << "the event was there first";
}

TEST_F(FeedSetTest, tells_of_the_users_own_leaving_in_place_of_the_event) {
  Listener bob(lab, kBob);
  bob.start(0, 0);
  alice.start(0, 0);
  commit(1, "one");
  lab.fan_out.publish(kRoom,
                      {.seq = 2, .detail = protocol::Left{.user_id = kAlice, .by_user_id = kBob}});
  lab.settle();
  EXPECT_EQ(alice.heard(), Heard{"event 1 one"});
  EXPECT_EQ(alice.left, std::vector{kRoom});
  EXPECT_FALSE(alice.feeds.contains(kRoom));
  EXPECT_EQ(bob.heard().size(), 2U) << "to others it is an event";
}

TEST_F(FeedSetTest, all_who_miss_the_same_events_fetch_them_once) {
  std::vector<std::unique_ptr<Listener>> others;
  for (int i = 0; i < 20; ++i) {
    others.push_back(std::make_unique<Listener>(lab, kBob));
    others.back()->start(0, 0);
  }
  store_silently(1, "nobody was told");
  EXPECT_TRUE(lab.hub.raise_head(kRoom, 1));
  lab.settle();
  for (const auto& other : others) EXPECT_EQ(other->heard(), Heard{"event 1 nobody was told"});
  EXPECT_EQ(lab.store.pages_read, 1U);
  EXPECT_EQ(lab.cached_messages.joined(), 19U);
}

TEST_F(FeedSetTest, is_silent_before_it_starts_and_then_misses_nothing) {
  alice.feeds.add(kRoom);
  commit(1, "one");
  lab.settle();
  EXPECT_EQ(alice.heard(), Heard{});
  alice.feeds.start(kRoom, 0, 0);
  lab.settle();
  EXPECT_EQ(alice.heard(), Heard{"event 1 one"});
}

TEST_F(FeedSetTest, fills_a_hole_from_the_database_before_it_goes_on) {
  alice.start(0, 0);
  commit(1, "one");
  store_silently(2, "two");
  store_silently(3, "three");
  commit(4, "four");
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"event 1 one", "event 2 two", "event 3 three", "event 4 four"}));
}

TEST_F(FeedSetTest, a_letter_that_comes_twice_or_late_is_passed_over) {
  alice.start(0, 0);
  commit(1, "one");
  commit(2, "two");
  commit(1, "one");  // a duplicate is published again
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"event 1 one", "event 2 two"}));
}

TEST_F(FeedSetTest, a_hole_waits_for_the_database_to_come_back) {
  alice.start(0, 0);
  store_silently(1, "one");
  commit(2, "two");
  lab.store.is_away = true;
  test_support::turn_for(lab.reactor, std::chrono::seconds(3));
  EXPECT_EQ(alice.heard(), Heard{}) << "never past a hole";
  lab.store.is_away = false;
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"event 1 one", "event 2 two"}));
}

TEST_F(FeedSetTest, on_the_sending_connection_the_ack_takes_the_place_of_the_event) {
  alice.start(0, 0);
  Listener other_device(lab, kAlice);
  other_device.start(0, 0);
  alice.send(1, "mine");
  lab.settle();
  commit(2, "yours");
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"ack 1", "event 2 yours"}));
  EXPECT_EQ(other_device.heard(), (Heard{"event 1 mine", "event 2 yours"}));
}

TEST_F(FeedSetTest, an_ack_waits_for_the_events_before_it) {
  alice.start(0, 0);
  store_silently(1, "one");
  alice.send(2, "mine");
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"event 1 one", "ack 2"}));
}

TEST_F(FeedSetTest, the_ack_of_a_duplicate_has_no_place_in_the_order) {
  alice.start(0, 0);
  alice.send(1, "mine");
  lab.settle();
  commit(2, "yours");
  alice.send(1, "mine");
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"ack 1", "event 2 yours", "ack 1 duplicate"}));
}

TEST_F(FeedSetTest, a_send_whose_answer_was_lost_is_acked_once_and_in_its_place) {
  alice.start(0, 0);
  lab.store.failures.push_back(
      {.error = {.kind = reactor::ErrorKind::kUnavailable}, .is_committed = true});
  alice.send(1, "mine");
  lab.settle();
  commit(2, "yours");
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"ack 1", "event 2 yours"}));
}

TEST_F(FeedSetTest, a_repeated_send_whose_answer_was_lost_too_is_a_duplicate_where_its_event_was) {
  lab.store.store_silently({.conversation_id = kRoom.value,
                            .sender_id = kAlice.value,
                            .client_id = uuid_of(1).bytes,
                            .body = "mine"});
  alice.start(0, 1);
  lab.settle();
  lab.store.failures.push_back({.error = {.kind = reactor::ErrorKind::kUnavailable}});
  alice.send(1, "mine");
  lab.settle();
  EXPECT_EQ(alice.heard(), (Heard{"event 1 mine", "ack 1 duplicate"}));
}

TEST_F(FeedSetTest, catches_up_with_as_many_events_as_the_contract_promises) {
  store_many(limits::kCatchUpEventsMax);
  alice.start(0, limits::kCatchUpEventsMax);
  lab.settle();
  commit(1, "live");
  lab.settle();
  EXPECT_EQ(alice.heard().size(), static_cast<std::size_t>(limits::kCatchUpEventsMax + 1));
  EXPECT_EQ(alice.heard().back(), "event 201 live");
}

TEST_F(FeedSetTest, one_event_more_holds_the_log_until_a_sync_has_reached_the_head) {
  constexpr protocol::Seq kHead = limits::kCatchUpEventsMax + 1;
  store_many(kHead);
  alice.start(0, kHead);
  lab.settle();
  commit(1, "live");
  lab.settle();
  ASSERT_EQ(alice.heard().size(), static_cast<std::size_t>(limits::kCatchUpEventsMax));
  alice.feeds.synced(kRoom, kHead - 1, kHead, kHead + 1);
  lab.settle();
  EXPECT_EQ(alice.heard().size(), static_cast<std::size_t>(limits::kCatchUpEventsMax))
      << "not at the head yet";
  alice.feeds.synced(kRoom, kHead, kHead + 1, kHead + 1);
  commit(2, "live again");
  lab.settle();
  EXPECT_EQ(alice.heard().back(), "event 203 live again");
  EXPECT_EQ(alice.heard().size(), static_cast<std::size_t>(limits::kCatchUpEventsMax + 1));
}

TEST_F(FeedSetTest, what_comes_between_ready_and_the_start_does_not_hold_the_log) {
  store_many(limits::kCatchUpEventsMax);
  alice.feeds.add(kRoom);
  commit(1, "while she was told of 200");
  lab.settle();
  alice.feeds.start(kRoom, 0, limits::kCatchUpEventsMax);
  lab.settle();
  commit(2, "live");
  lab.settle();
  EXPECT_EQ(alice.heard().size(), static_cast<std::size_t>(limits::kCatchUpEventsMax + 2));
}

TEST_F(FeedSetTest, a_sync_that_reaches_the_head_it_tells_releases_the_log_whatever_came_since) {
  constexpr protocol::Seq kHead = limits::kCatchUpEventsMax + 1;
  store_many(kHead);
  alice.start(0, kHead);
  lab.settle();
  commit(1, "while the batch was read");
  lab.settle();
  alice.feeds.synced(kRoom, kHead - 1, kHead, kHead);
  lab.settle();
  EXPECT_EQ(alice.heard().back(), "event 202 while the batch was read");
  EXPECT_EQ(alice.heard().size(), static_cast<std::size_t>(limits::kCatchUpEventsMax + 1));
}

TEST_F(FeedSetTest, a_sync_at_the_head_counts_also_before_the_log_is_held) {
  constexpr protocol::Seq kHead = limits::kCatchUpEventsMax + 1;
  store_many(kHead);
  alice.start(0, kHead);
  alice.feeds.synced(kRoom, 0, kHead, kHead);
  store_many(kHead);
  EXPECT_FALSE(lab.hub.raise_head(kRoom, 2 * kHead)) << "she is being sent them already";
  lab.settle();
  EXPECT_EQ(alice.heard().size(), static_cast<std::size_t>(kHead));
}

TEST_F(FeedSetTest, holds_by_the_head_that_the_client_was_told) {
  constexpr protocol::Seq kHead = limits::kCatchUpEventsMax + 1;
  store_many(kHead);
  Listener bob(lab, kBob);
  bob.start(kHead, kHead);
  alice.start(0, kHead - 1);  // read before the last one was committed
  lab.settle();
  EXPECT_EQ(alice.heard().size(), static_cast<std::size_t>(kHead));
}

TEST_F(FeedSetTest, what_one_session_learns_of_the_head_all_are_told) {
  Listener bob(lab, kBob);
  alice.start(0, 0);
  bob.start(0, 0);
  store_silently(1, "nobody was told");
  bob.feeds.synced(kRoom, 0, 1, 1);
  lab.settle();
  EXPECT_EQ(alice.heard(), Heard{"event 1 nobody was told"});
}

TEST_F(FeedSetTest, an_ack_whose_turn_has_not_come_leaves_before_the_removal) {
  alice.start(0, 0);
  store_silently(1, "one");
  lab.store.is_away = true;  // for reading: the hole cannot be filled
  const FeedSet::SendNumber number = alice.feeds.expect(kRoom, uuid_of(2), std::nullopt);
  alice.feeds.committed(number, {.seq = 2});
  lab.settle();
  EXPECT_EQ(alice.heard(), Heard{});
  alice.feeds.remove(kRoom);
  lab.settle();
  EXPECT_EQ(alice.heard(), Heard{"ack 2"});
}

TEST_F(FeedSetTest, knows_the_own_leaving_from_one_of_old) {
  const auto leaving = [](protocol::Seq seq, protocol::UserId user) {
    return protocol::EventView{.seq = seq, .detail = protocol::Left{.user_id = user}};
  };
  alice.feeds.add(kRoom);
  EXPECT_FALSE(alice.feeds.is_leaving(kRoom, leaving(6, kAlice))) << "where she stands is unknown";
  alice.feeds.start(kRoom, 5, 5);
  EXPECT_TRUE(alice.feeds.is_leaving(kRoom, leaving(6, kAlice)));
  EXPECT_FALSE(alice.feeds.is_leaving(kRoom, leaving(6, kBob)));
  EXPECT_FALSE(alice.feeds.is_leaving(kRoom, leaving(5, kAlice))) << "she has come again since";
}

TEST_F(FeedSetTest, an_own_send_into_a_held_log_is_acked_at_once) {
  constexpr protocol::Seq kHead = limits::kCatchUpEventsMax + 1;
  store_many(kHead);
  alice.start(0, kHead);
  lab.settle();
  alice.send(1, "mine");
  lab.settle();
  EXPECT_EQ(alice.heard().back(), "ack 202");
}

TEST_F(FeedSetTest, an_older_sync_moves_nothing) {
  alice.start(0, 0);
  for (std::uint8_t i = 1; i <= 3; ++i) commit(i, "x");
  lab.settle();
  alice.feeds.synced(kRoom, 0, 1, 3);
  commit(4, "next");
  lab.settle();
  EXPECT_EQ(alice.heard().back(), "event 4 next");
  EXPECT_EQ(alice.heard().size(), 4U);
}

TEST_F(FeedSetTest, after_removal_nothing_more_is_sent) {
  alice.start(0, 0);
  commit(1, "one");
  lab.settle();
  alice.feeds.remove(kRoom);
  commit(2, "not for her");
  lab.settle();
  EXPECT_EQ(alice.heard(), Heard{"event 1 one"});
  EXPECT_EQ(lab.hub.topics(), 0U);
}

TEST_F(FeedSetTest, removal_in_the_middle_of_a_fetch_ends_it) {
  store_many(5);
  alice.start(0, 5);
  lab.store.latency = std::chrono::milliseconds(100);
  ASSERT_TRUE(test_support::turn_until(lab.reactor, [&] { return lab.store.pages_read == 1; }));
  alice.feeds.remove(kRoom);
  lab.settle();
  EXPECT_EQ(alice.heard(), Heard{});
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
