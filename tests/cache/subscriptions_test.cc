#include "cache/subscriptions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <string>

#include "cache/limits.h"

namespace ringtalk::cache {
namespace {

using Kind = Subscriptions::Kind;
using Names = std::vector<std::string>;

class SubscriptionsTest : public testing::Test {
 protected:
  /// What is told now.
  Subscriptions::Changes told() { return subscriptions.next_changes(); }
  bool confirm(Kind kind, const char* name) { return subscriptions.confirmed(kind, name); }

  Subscriptions subscriptions;
};

TEST_F(SubscriptionsTest, a_channel_is_told_once_and_is_subscribed_when_confirmed) {
  EXPECT_TRUE(subscriptions.want("a"));
  EXPECT_FALSE(subscriptions.want("a"));
  EXPECT_EQ(told().subscribe, Names{"a"});
  EXPECT_TRUE(told().empty());
  EXPECT_FALSE(subscriptions.want("a"));
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(subscriptions.confirmations_due(), 1U);
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
  EXPECT_EQ(subscriptions.confirmations_due(), 0U);
}

TEST_F(SubscriptionsTest, what_was_taken_back_in_the_same_turn_is_never_told) {
  subscriptions.want("a");
  EXPECT_TRUE(subscriptions.unwant("a"));
  EXPECT_FALSE(subscriptions.unwant("a"));
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(subscriptions.size(), 0U);
}

TEST_F(SubscriptionsTest, unsubscribed_and_subscribed_within_a_turn_is_confirmed_again) {
  subscriptions.want("a");
  told();
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
  subscriptions.unwant("a");
  subscriptions.want("a");
  EXPECT_EQ(told().subscribe, Names{"a"});
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
}

TEST_F(SubscriptionsTest, only_the_answer_to_the_last_of_its_commands_confirms) {
  subscriptions.want("a");
  told();
  subscriptions.unwant("a");
  EXPECT_EQ(told().unsubscribe, Names{"a"});
  subscriptions.want("a");
  EXPECT_EQ(told().subscribe, Names{"a"});
  EXPECT_FALSE(confirm(Kind::kSubscribe, "a")) << "of the first one; an unsubscribe follows";
  EXPECT_FALSE(confirm(Kind::kUnsubscribe, "a"));
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
}

TEST_F(SubscriptionsTest, a_channel_given_up_before_its_answer_is_not_subscribed_by_it) {
  subscriptions.want("a");
  told();
  subscriptions.unwant("a");
  EXPECT_FALSE(confirm(Kind::kSubscribe, "a"));
  EXPECT_EQ(told().unsubscribe, Names{"a"});
  EXPECT_FALSE(confirm(Kind::kUnsubscribe, "a"));
  EXPECT_EQ(subscriptions.size(), 0U);
}

TEST_F(SubscriptionsTest, left_and_wanted_again_before_the_answer_is_confirmed_once) {
  subscriptions.want("a");
  told();
  subscriptions.unwant("a");
  subscriptions.want("a");
  EXPECT_FALSE(confirm(Kind::kSubscribe, "a")) << "of the first want(), which was taken back";
  EXPECT_EQ(told().subscribe, Names{"a"});
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
}

TEST_F(SubscriptionsTest, wanted_again_before_the_answer_to_the_unsubscribe) {
  subscriptions.want("a");
  told();
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
  subscriptions.unwant("a");
  told();
  subscriptions.want("a");
  EXPECT_FALSE(confirm(Kind::kUnsubscribe, "a"));
  EXPECT_EQ(told().subscribe, Names{"a"});
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
}

TEST_F(SubscriptionsTest, a_new_session_is_told_all_that_is_wanted_and_nothing_else) {
  for (const char* name : {"a", "b", "c"}) subscriptions.want(name);
  told();
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
  subscriptions.unwant("b");
  subscriptions.want("d");
  subscriptions.session_ended();
  EXPECT_EQ(subscriptions.confirmations_due(), 0U);
  Names names = told().subscribe;
  std::ranges::sort(names);
  EXPECT_EQ(names, (Names{"a", "c", "d"}));
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
  EXPECT_FALSE(confirm(Kind::kSubscribe, "b"));
}

TEST_F(SubscriptionsTest, tells_in_pieces_and_waits_for_answers_in_between) {
  const std::size_t all = limits::kConfirmationsDueMax + 1;
  for (std::size_t i = 0; i < all; ++i) subscriptions.want(std::to_string(i));
  Names names;
  while (true) {
    const auto changes = told();
    if (changes.empty()) break;
    EXPECT_LE(changes.subscribe.size(), limits::kChannelsPerCommandMax);
    names.insert(names.end(), changes.subscribe.begin(), changes.subscribe.end());
  }
  EXPECT_EQ(names.size(), limits::kConfirmationsDueMax);
  for (std::size_t i = 0; i < limits::kChannelsPerCommandMax; ++i) {
    EXPECT_TRUE(confirm(Kind::kSubscribe, names[i].c_str()));
  }
  EXPECT_EQ(told().subscribe.size(), 1U);
}

TEST_F(SubscriptionsTest, an_answer_that_nobody_asked_for_changes_nothing) {
  EXPECT_FALSE(confirm(Kind::kSubscribe, "a"));
  subscriptions.want("a");
  told();
  EXPECT_TRUE(confirm(Kind::kSubscribe, "a"));
  EXPECT_FALSE(confirm(Kind::kSubscribe, "a"));
  EXPECT_EQ(subscriptions.confirmations_due(), 0U);
}

}  // namespace
}  // namespace ringtalk::cache
