// Presence of two instances, and of a Redis that fails.
#include <gtest/gtest.h>

#include "app/limits.h"
#include "cache/limits.h"
#include "chat_lab.h"
#include "presence_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

using Told = std::vector<std::string>;

constexpr auto kKilledSeen = 30s;  // CONTRACT: the users of a killed instance are offline

class PresenceInstancesTest : public ::testing::Test {
 protected:
  Told told_after(reactor::Duration span) {
    lab.turn(span);
    return session.told();
  }
  /// Past the time in which nobody is declared dead.
  void grow_old() { lab.turn(30s); }

  PresenceLab lab;
  PresenceInstance here{lab, 1};
  PresenceInstance there{lab, 2};
  WatchingSession session{lab, here.watchers(1)};
};

TEST_F(PresenceInstancesTest, who_is_on_another_instance_is_online) {
  there.connect(kAnn, 1);
  lab.settle();
  EXPECT_TRUE(here.is_online(kAnn, 0));
  EXPECT_FALSE(here.is_online(kBen, 0));
  session.watch({kAnn, kBen});
  Told told = told_after(50ms);
  std::ranges::sort(told);
  EXPECT_EQ(told, (Told{"11 online", "12 offline"}));
  there.connect(kBen, 0);
  EXPECT_EQ(told_after(1100ms), Told{"12 online"});
  there.disconnect(kAnn, 1);
  EXPECT_EQ(told_after(limits::kOfflineGrace - 100ms), Told{});
  const Told gone = told_after(1200ms);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_TRUE(gone[0].starts_with("11 offline 20")) << gone[0];
  EXPECT_FALSE(here.is_online(kAnn, 0));
  EXPECT_FALSE(lab.memory.entries.contains(kAnn.value));
}

TEST_F(PresenceInstancesTest, many_are_asked_for_in_one_round) {
  std::vector<protocol::UserId> users;
  for (std::int64_t id = 1; id <= 50; ++id) {
    users.push_back({id});
    if (id % 5 == 0) there.connect({id});
    if (id % 7 == 0) here.connect({id});
  }
  grow_old();
  const std::size_t before = here.rounds();
  const std::vector<bool> online =
      test_support::run(lab.reactor, here.rooms(0).presence.are_online(users));
  EXPECT_EQ(here.rounds(), before + 1);
  for (std::int64_t id = 1; id <= 50; ++id) {
    EXPECT_EQ(online[static_cast<std::size_t>(id - 1)], id % 5 == 0 || id % 7 == 0) << id;
  }
}

TEST_F(PresenceInstancesTest, moving_to_another_instance_within_the_grace_tells_nothing) {
  there.connect(kAnn);
  session.watch({kAnn});
  EXPECT_EQ(told_after(50ms), Told{"11 online"});
  there.disconnect(kAnn);
  lab.turn(4s);
  here.connect(kAnn);
  EXPECT_EQ(told_after(20s), Told{});
  here.disconnect(kAnn);
  lab.turn(4s);
  there.connect(kAnn);
  EXPECT_EQ(told_after(20s), Told{});
}

TEST_F(PresenceInstancesTest, users_of_a_killed_instance_go_offline_in_time) {
  grow_old();
  there.connect(kAnn);
  there.connect(kBen);
  here.connect(kBen);
  session.watch({kAnn, kBen});
  lab.settle();
  static_cast<void>(session.told());
  there.kill();
  EXPECT_EQ(told_after(cache::limits::kInstanceLife - cache::limits::kBeatInterval - 1s), Told{});
  const Told gone =
      told_after(kKilledSeen - cache::limits::kInstanceLife + cache::limits::kBeatInterval + 1s);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_TRUE(gone[0].starts_with("11 offline 20")) << gone[0];
  EXPECT_FALSE(here.is_online(kAnn));
  EXPECT_TRUE(here.is_online(kBen));
  EXPECT_FALSE(lab.memory.entries.contains(kAnn.value)) << "what it left behind is removed";
  EXPECT_EQ(lab.memory.entries[kBen.value].size(), 1U);
  EXPECT_TRUE(lab.last_seen.seen.contains(kAnn.value));
  EXPECT_EQ(here.rooms(0).heartbeat->alive(), 1U);
}

TEST_F(PresenceInstancesTest, entries_of_the_dead_that_nobody_watched_count_no_more) {
  grow_old();
  there.connect(kAnn);
  lab.settle();
  there.kill();
  lab.turn(kKilledSeen);
  EXPECT_FALSE(here.is_online(kAnn));
  session.watch({kAnn});
  EXPECT_EQ(told_after(50ms), Told{"11 offline"});
  // Removed when it has been found dead for long.
  lab.turn(cache::limits::kInstanceLife + limits::kWatchedReread);
  lab.turn(limits::kWatchedReread);
  EXPECT_FALSE(lab.memory.entries.contains(kAnn.value));
}

TEST_F(PresenceInstancesTest, an_instance_that_ends_leaves_its_users_time_to_come_back) {
  grow_old();
  there.connect(kAnn);
  there.connect(kBen);
  session.watch({kAnn, kBen});
  lab.settle();
  static_cast<void>(session.told());
  there.disconnect(kAnn);
  there.disconnect(kBen);
  there.end();
  lab.turn(4s);
  here.connect(kAnn);
  EXPECT_EQ(told_after(2s), Told{});
  const Told gone = told_after(cache::limits::kInstanceFarewell + cache::limits::kBeatInterval);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_TRUE(gone[0].starts_with("12 offline")) << gone[0];
}

TEST_F(PresenceInstancesTest, without_redis_nobody_is_offline_because_we_are_deaf) {
  grow_old();
  there.connect(kAnn);
  session.watch({kAnn, kBen, kCid});
  lab.settle();
  static_cast<void>(session.told());
  here.lose_redis();
  lab.settle();
  EXPECT_FALSE(here.is_online(kAnn)) << "asked anew, only what this instance knows";
  here.connect(kBen);
  EXPECT_EQ(told_after(1100ms), Told{"12 online"});
  WatchingSession late(lab, here.watchers(0));
  late.watch({kBen, {99}});
  lab.settle();
  Told told = late.told();
  std::ranges::sort(told);
  EXPECT_EQ(told, (Told{"12 online", "99 offline"})) << "answered without Redis";
  there.connect(kCid);
  lab.turn(40s);
  EXPECT_EQ(session.told(), Told{});
  EXPECT_FALSE(there.is_online(kBen));
  // It is back, and what was missed is made up for on both sides.
  here.find_redis();
  EXPECT_EQ(told_after(limits::kPresenceSettling + 2s), Told{"13 online"});
  EXPECT_TRUE(here.is_online(kAnn));
  EXPECT_TRUE(there.is_online(kBen));
  EXPECT_EQ(told_after(60s), Told{});
}

TEST_F(PresenceInstancesTest, who_leaves_while_redis_is_away_is_taken_back_afterwards) {
  there.connect(kAnn);
  session.watch({kAnn});
  lab.settle();
  static_cast<void>(session.told());
  there.lose_redis();
  there.disconnect(kAnn);
  lab.turn(limits::kOfflineGrace + 1s);
  EXPECT_TRUE(lab.memory.entries.contains(kAnn.value));
  there.find_redis();
  lab.turn(2s);
  EXPECT_FALSE(lab.memory.entries.contains(kAnn.value));
  EXPECT_EQ(session.told().size(), 1U);
  EXPECT_FALSE(here.is_online(kAnn));
}

TEST_F(PresenceInstancesTest, a_redis_that_forgets_everything_is_filled_again_unnoticed) {
  grow_old();
  there.connect(kAnn);
  here.connect(kBen);
  session.watch({kAnn, kBen});
  lab.settle();
  static_cast<void>(session.told());
  lab.memory.forget_all();
  lab.turn(2 * cache::limits::kBeatInterval);
  EXPECT_TRUE(here.is_online(kAnn));
  EXPECT_TRUE(there.is_online(kBen));
  EXPECT_EQ(told_after(120s), Told{});
}

TEST_F(PresenceInstancesTest, letters_that_are_lost_are_made_up_for) {
  session.watch({kAnn});
  lab.settle();
  static_cast<void>(session.told());
  lab.hub.set_chances({.drops = 1});
  there.connect(kAnn);
  EXPECT_EQ(told_after(1s), Told{});
  EXPECT_EQ(told_after(limits::kWatchedReread), Told{"11 online"});
}

TEST_F(PresenceInstancesTest, many_users_are_written_again_in_steps) {
  constexpr std::int64_t kUsers = 3'000;
  for (std::int64_t id = 1; id <= kUsers; ++id) there.connect({id});
  lab.settle();
  lab.memory.forget_all();
  there.lose_redis();
  there.find_redis();
  lab.turn(20ms);
  EXPECT_LT(lab.memory.entries.size(), 2 * limits::kPresenceWritesMax + 1);
  lab.turn(limits::kPresenceSettling / 2);
  EXPECT_EQ(lab.memory.entries.size(), static_cast<std::size_t>(kUsers));
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
