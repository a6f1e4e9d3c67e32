// What one session is told, and when.
#include "app/chat/watch_list.h"

#include <gtest/gtest.h>

#include "app/limits.h"
#include "presence_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

using Told = std::vector<std::string>;

class WatchListTest : public ::testing::Test {
 protected:
  void tell(protocol::UserId user, bool is_online) {
    instance.watchers(0).tell({{.user = user, .state = {.is_online = is_online}}});
  }
  /// Watches, with everybody offline, and a while ago.
  void begin(const std::vector<protocol::UserId>& users) {
    session.watch(users);
    lab.turn(2s);
    static_cast<void>(session.told());
  }

  PresenceLab lab;
  PresenceInstance instance{lab, 1, PresenceInstance::Company::kAlone};
  WatchingSession session{lab, instance.watchers(0)};
};

TEST_F(WatchListTest, the_first_change_after_quiet_goes_at_once_and_with_what_comes_along) {
  begin({kAnn, kBen});
  tell(kAnn, true);
  tell(kBen, true);
  lab.turn(5ms);
  EXPECT_EQ(session.told(), (Told{"11 online", "12 online"}));
}

TEST_F(WatchListTest, the_next_ones_wait_for_a_second_and_only_the_last_is_told) {
  begin({kAnn, kBen, kCid});
  tell(kAnn, true);
  lab.turn(5ms);
  static_cast<void>(session.told());
  tell(kBen, true);
  for (const bool is_online : {false, true, false}) {
    lab.turn(100ms);
    tell(kAnn, is_online);
  }
  tell(kCid, true);
  tell(kCid, false);
  lab.turn(limits::kPresenceBatchPause - 400ms);
  EXPECT_EQ(session.told(), Told{});
  lab.turn(150ms);
  EXPECT_EQ(session.told(), (Told{"12 online", "11 offline"})) << "nothing has changed for 13";
  EXPECT_EQ(session.metrics.presence_merged, 3U);
  lab.turn(5s);
  EXPECT_EQ(session.told(), Told{});
}

TEST_F(WatchListTest, who_reads_slowly_is_told_the_state_of_the_moment_when_it_flows_again) {
  begin({kAnn, kBen});
  session.stop_reading();
  for (int i = 0; i < 10; ++i) session.send(60'000);
  lab.turn(100ms);
  ASSERT_GT(session.unsent_bytes(), limits::kOutboxHighBytes);
  const std::size_t unsent = session.unsent_bytes();
  for (int round = 0; round < 20; ++round) {
    tell(kAnn, round % 2 == 0);
    tell(kBen, round % 2 == 1);
    lab.turn(700ms);
  }
  EXPECT_EQ(session.unsent_bytes(), unsent) << "nothing is queued";
  EXPECT_GT(session.metrics.presence_merged, 30U);
  session.watch({kAnn, kBen, kCid});
  lab.turn(3s);
  EXPECT_EQ(session.unsent_bytes(), unsent) << "answers wait as well";
  session.go_on_reading();
  lab.turn(2s);
  Told told = session.told();
  std::ranges::sort(told);
  EXPECT_EQ(told, (Told{"11 offline", "12 online", "13 offline"}));
}

TEST_F(WatchListTest, one_by_one_it_takes_as_many_as_a_list_may_hold) {
  for (std::int64_t id = 1; id <= 201; ++id) session.list.add({id});
  EXPECT_EQ(session.list.size(), protocol::kWatchedUsersMax);
  lab.settle();
  EXPECT_EQ(session.told().size(), protocol::kWatchedUsersMax);
  session.list.add({1});
  session.list.remove({1});
  session.list.remove({201});
  session.list.add({201});
  EXPECT_EQ(session.list.size(), protocol::kWatchedUsersMax);
  lab.settle();
  EXPECT_EQ(session.told(), Told{"201 offline"});
  EXPECT_EQ(instance.watched(), protocol::kWatchedUsersMax);
}

TEST_F(WatchListTest, who_is_removed_while_news_of_him_wait_is_not_told_of) {
  begin({kAnn, kBen});
  tell(kAnn, true);
  lab.turn(5ms);
  static_cast<void>(session.told());
  tell(kAnn, false);
  tell(kBen, true);
  session.list.remove(kBen);
  lab.turn(2s);
  EXPECT_EQ(session.told(), Told{"11 offline"});
  tell(kAnn, true);
  session.watch({kCid});
  lab.turn(2s);
  EXPECT_EQ(session.told(), Told{"13 offline"});
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
