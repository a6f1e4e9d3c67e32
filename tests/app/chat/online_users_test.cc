// Who is online: counted on the owner's shard, asked for from anywhere.
#include "app/chat/online_users.h"

#include <gtest/gtest.h>

#include <vector>

#include "app/limits.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

class OnlineUsersTest : public ::testing::Test {
 protected:
  OnlineUsersTest() {
    directory.enter(0, {.reactor = &lab.reactor, .scope = &lab.scope, .online_users = &first});
    directory.enter(1, {.reactor = &lab.reactor, .scope = &lab.scope, .online_users = &second});
  }
  bool is_online(protocol::UserId user) {
    return test_support::run(lab.reactor, second.are_online({user})).front();
  }

  ChatLab lab;
  ShardDirectory directory{2};
  OnlineUsers first{lab.reactor, directory, lab.bus_link};
  OnlineUsers second{lab.reactor, directory, lab.bus_link};
};

TEST_F(OnlineUsersTest, a_user_is_online_while_one_connection_lives_whatever_its_shard) {
  EXPECT_FALSE(is_online(kAlice));
  first.connected(kAlice);
  second.connected(kAlice);
  EXPECT_TRUE(is_online(kAlice));
  first.disconnected(kAlice);
  EXPECT_TRUE(is_online(kAlice));
  second.disconnected(kAlice);
  EXPECT_TRUE(is_online(kAlice)) << "within the grace";
  test_support::turn_for(lab.reactor, limits::kOfflineGrace + std::chrono::milliseconds(10));
  EXPECT_FALSE(is_online(kAlice));
}

TEST_F(OnlineUsersTest, answers_for_many_stand_in_the_order_of_the_question) {
  std::vector<protocol::UserId> asked;
  std::vector<bool> expected;
  for (std::int64_t id = 1; id <= 20; ++id) {
    asked.push_back({id});
    expected.push_back(id % 3 == 0);
    if (id % 3 == 0) first.connected({id});
  }
  EXPECT_EQ(test_support::run(lab.reactor, second.are_online(asked)), expected);
}

TEST_F(OnlineUsersTest, counts_each_user_on_one_shard_and_forgets_who_has_gone) {
  for (std::int64_t id = 1; id <= 20; ++id) second.connected({id});
  lab.settle();
  EXPECT_EQ(first.count() + second.count(), 20U);
  EXPECT_GT(first.count(), 0U);
  EXPECT_GT(second.count(), 0U);
  for (std::int64_t id = 1; id <= 20; ++id) first.disconnected({id});
  lab.settle();
  EXPECT_EQ(first.count() + second.count(), 0U);
  EXPECT_EQ(first.all_here().size() + second.all_here().size(), 20U);
  test_support::turn_for(lab.reactor, limits::kOfflineGrace);
  EXPECT_EQ(first.all_here().size() + second.all_here().size(), 0U);
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
