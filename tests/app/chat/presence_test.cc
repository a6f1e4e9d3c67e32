// Presence on one instance, with and without others: grace, what is told, what is written.
#include <gtest/gtest.h>

#include "app/limits.h"
#include "chat_lab.h"
#include "presence_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

using Told = std::vector<std::string>;
using Company = PresenceInstance::Company;

class PresenceTest : public ::testing::TestWithParam<Company> {
 protected:
  PresenceLab lab;
  PresenceInstance instance{lab, 1, GetParam()};
  WatchingSession session{lab, instance.watchers(0)};
};
INSTANTIATE_TEST_SUITE_P(All, PresenceTest, ::testing::Values(Company::kAlone, Company::kOthers),
                         [](const ::testing::TestParamInfo<Company>& info) {
                           return info.param == Company::kAlone ? "alone" : "with_others";
                         });

TEST_P(PresenceTest, watching_is_answered_with_the_state_of_each) {
  instance.connect(kAnn, 1);
  lab.last_seen.seen[kBen.value] = 0;
  session.watch({kAnn, kBen, kCid});
  lab.settle();
  Told told = session.told();
  std::ranges::sort(told);
  EXPECT_EQ(told, (Told{"11 online", "12 offline 1970-01-01T00:00:00.000Z", "13 offline"}));
  // Also of those that were watched before, and whose state is known here.
  session.watch({kCid, kAnn});
  lab.settle();
  EXPECT_EQ(session.told(), (Told{"13 offline", "11 online"}));
}

TEST_P(PresenceTest, is_offline_when_the_grace_is_over_and_not_before) {
  instance.connect(kAnn);
  session.watch({kAnn});
  lab.settle();
  EXPECT_EQ(session.told(), Told{"11 online"});
  instance.disconnect(kAnn);
  lab.turn(1ms);
  const std::int64_t left_at_ms = lab.now_ms();
  lab.turn(limits::kOfflineGrace - 5ms);
  EXPECT_TRUE(instance.is_online(kAnn));
  lab.turn(10ms);
  EXPECT_FALSE(instance.is_online(kAnn));
  lab.turn(2s);
  const Told told = session.told();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].starts_with("11 offline 20")) << told[0];
  EXPECT_NEAR(static_cast<double>(lab.last_seen.seen[kAnn.value]), static_cast<double>(left_at_ms),
              5);
  EXPECT_EQ(instance.rooms(0).last_seen_writer.pending(), 0U);
}

TEST_P(PresenceTest, a_reconnect_within_the_grace_tells_nothing_on_whichever_shard) {
  instance.connect(kAnn, 0);
  session.watch({kAnn});
  lab.settle();
  static_cast<void>(session.told());
  for (int round = 0; round < 5; ++round) {
    instance.disconnect(kAnn, static_cast<std::size_t>(round % 2));
    lab.turn(limits::kOfflineGrace - 10ms);
    instance.connect(kAnn, static_cast<std::size_t>((round + 1) % 2));
    lab.turn(1s);
  }
  lab.turn(2 * limits::kOfflineGrace);
  EXPECT_EQ(session.told(), Told{});
  EXPECT_TRUE(lab.last_seen.batch_sizes.empty());
  EXPECT_TRUE(instance.is_online(kAnn));
}

TEST_P(PresenceTest, who_leaves_again_within_the_grace_has_a_grace_of_its_own) {
  instance.connect(kAnn);
  lab.settle();
  instance.disconnect(kAnn);
  lab.turn(3s);
  instance.connect(kAnn);
  lab.turn(1s);
  instance.disconnect(kAnn);
  lab.turn(limits::kOfflineGrace - 100ms);
  EXPECT_TRUE(instance.is_online(kAnn));
  lab.turn(200ms);
  EXPECT_FALSE(instance.is_online(kAnn));
}

TEST_P(PresenceTest, a_replaced_list_hears_of_its_own_users_alone_and_leaves_nothing_behind) {
  WatchingSession other(lab, instance.watchers(1));
  session.watch({kAnn, kBen});
  other.watch({kAnn});
  lab.settle();
  EXPECT_EQ(instance.watched(), 2U);
  session.watch({kCid});
  lab.settle();
  EXPECT_EQ(instance.watched(), 2U);
  static_cast<void>(session.told());
  static_cast<void>(other.told());
  instance.connect(kAnn);
  instance.connect(kBen);
  instance.connect(kCid);
  lab.turn(2s);
  EXPECT_EQ(session.told(), Told{"13 online"});
  EXPECT_EQ(other.told(), Told{"11 online"});
  session.list.clear();
  other.list.clear();
  lab.settle();
  EXPECT_EQ(instance.watched(), 0U);
  EXPECT_EQ(instance.watchers(0).users() + instance.watchers(1).users(), 0U);
  EXPECT_EQ(instance.watchers(0).watches() + instance.watchers(1).watches(), 0U);
}

TEST_P(PresenceTest, whoever_watches_while_the_answer_is_on_its_way_gets_it_too) {
  instance.connect(kAnn);
  lab.settle();
  WatchingSession other(lab, instance.watchers(1));
  WatchingSession third(lab, instance.watchers(1));
  session.watch({kAnn});
  other.watch({kAnn});
  lab.turn(1ms);
  third.watch({kAnn});
  lab.settle();
  for (WatchingSession* watching : {&session, &other, &third}) {
    EXPECT_EQ(watching->told(), Told{"11 online"});
  }
}

TEST_P(PresenceTest, last_seen_is_kept_while_the_database_is_away) {
  lab.last_seen.is_away = true;
  for (std::int64_t id = 1; id <= 20; ++id) instance.connect({id});
  lab.settle();
  for (std::int64_t id = 1; id <= 20; ++id) instance.disconnect({id});
  lab.turn(10s);
  EXPECT_TRUE(lab.last_seen.seen.empty());
  lab.last_seen.is_away = false;
  lab.turn(2s);
  EXPECT_EQ(lab.last_seen.seen.size(), 20U);
  lab.last_seen.batch_sizes.clear();
  // And who is in the grace when the server ends is written.
  instance.connect(kAnn);
  lab.settle();
  instance.disconnect(kAnn);
  instance.end();
  EXPECT_TRUE(lab.last_seen.seen.contains(kAnn.value));
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
