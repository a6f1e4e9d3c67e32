// The routes of a shard, and two others: what is committed reaches the shards that listen, and no
// other.
#include "app/chat/routes.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

/// Each shard with a reactor of its own, so that each has its own mailbox.
struct TestShard {
  TestShard(ShardDirectory& directory, std::size_t index)
      : hub({.reactor = reactor, .sessions = sessions, .directory = directory, .shard = index}) {}

  reactor::SimClock clock;
  reactor::Reactor reactor{std::make_unique<reactor::SimBackend>(clock), clock, {.letters_max = 4}};
  SessionTable sessions;
  Hub hub;
  Metrics metrics;
};

class RoutesTest : public ::testing::Test, protected Routes::Observer {
 protected:
  RoutesTest() {
    for (std::size_t index = 0; index < shards.size(); ++index) {
      directory.enter(index, {.reactor = &shards[index]->reactor,
                              .hub = &shards[index]->hub,
                              .routes = &routes,
                              .metrics = &shards[index]->metrics});
    }
    routes.observe(this);
  }
  void wants_checks() override { ++times_observed; }

  [[nodiscard]] std::size_t letters_at(std::size_t shard) const {
    return shards[shard]->reactor.mailbox().size();
  }
  static PublishedPtr event(protocol::Seq seq, protocol::EventDetail detail = {}) {
    auto published = std::make_shared<Published>();
    published->conversation_id = kRoom;
    published->event = {.seq = seq, .detail = std::move(detail)};
    return published;
  }

  static constexpr std::size_t kOwner = 2;
  ShardDirectory directory{3};
  std::vector<std::unique_ptr<TestShard>> shards = [this] {
    std::vector<std::unique_ptr<TestShard>> made;
    for (std::size_t i = 0; i < 3; ++i) made.push_back(std::make_unique<TestShard>(directory, i));
    return made;
  }();
  protocol::JsonReader json_reader;
  BusLink bus_link{{.json_reader = json_reader}};
  MemoryMessageStore store{shards[0]->reactor};
  Tails tails{{.reactor = shards[0]->reactor, .store = store}};
  Routes routes{{.directory = directory, .shard = kOwner, .link = bus_link, .tails = tails}};
  int times_observed = 0;
};

TEST_F(RoutesTest, an_event_goes_to_the_shards_that_listen_alone) {
  routes.deliver(event(1));
  EXPECT_EQ(letters_at(0) + letters_at(1), 0U);
  routes.listen(kRoom, 1);
  routes.deliver(event(2));
  EXPECT_EQ(letters_at(0), 0U);
  EXPECT_EQ(letters_at(1), 1U);
  routes.unlisten(kRoom, 1);
  routes.deliver(event(3));
  EXPECT_EQ(letters_at(1), 1U);
  EXPECT_EQ(routes.delivered(), 3U);
}

TEST_F(RoutesTest, the_owners_own_shard_needs_no_letter) {
  routes.listen(kRoom, kOwner);
  routes.deliver(event(1));
  EXPECT_EQ(letters_at(kOwner), 0U);
}

TEST_F(RoutesTest, who_becomes_or_ceases_to_be_a_member_is_told_on_every_shard) {
  routes.deliver(event(1, protocol::Joined{.user_ids = {kBob}}));
  EXPECT_EQ(letters_at(0), 1U);
  EXPECT_EQ(letters_at(1), 1U);
  routes.deliver(event(2, protocol::Left{.user_id = kBob}));
  auto opened = std::make_shared<Published>();
  opened->conversation_id = kRoom;
  opened->opened_to = {kBob};
  routes.deliver(opened);
  EXPECT_EQ(letters_at(0), 3U);
  EXPECT_EQ(letters_at(1), 3U);
}

TEST_F(RoutesTest, whoever_begins_to_listen_has_the_head_compared_once) {
  routes.listen(kRoom, 0);
  routes.listen(kRoom, 1);
  EXPECT_EQ(times_observed, 1);
  EXPECT_EQ(routes.take_unchecked(), std::vector<std::int64_t>{kRoom.value});
  EXPECT_TRUE(routes.take_unchecked().empty());
  routes.unlisten(kRoom, 1);
  routes.listen(kRoom, 1);
  EXPECT_EQ(routes.take_unchecked(), std::vector<std::int64_t>{kRoom.value});
}

TEST_F(RoutesTest, what_could_not_be_compared_is_given_back_unless_nobody_listens_any_more) {
  routes.listen(kRoom, 0);
  static_cast<void>(routes.take_unchecked());
  routes.uncheck(kRoom);
  EXPECT_EQ(routes.take_unchecked(), std::vector<std::int64_t>{kRoom.value});
  routes.unlisten(kRoom, 0);
  routes.uncheck(kRoom);
  EXPECT_TRUE(routes.take_unchecked().empty());
}

TEST_F(RoutesTest, a_letter_that_finds_a_full_mailbox_has_the_head_compared) {
  routes.listen(kRoom, 1);
  static_cast<void>(routes.take_unchecked());
  for (protocol::Seq seq = 1; seq <= 4; ++seq) routes.deliver(event(seq));
  EXPECT_TRUE(routes.take_unchecked().empty());
  EXPECT_EQ(routes.letters_lost(), 0U);
  routes.deliver(event(5));
  EXPECT_EQ(routes.letters_lost(), 1U);
  EXPECT_EQ(routes.take_unchecked(), std::vector<std::int64_t>{kRoom.value});
}

TEST_F(RoutesTest, heads_that_were_found_go_in_one_letter_a_shard) {
  constexpr protocol::ConversationId kElsewhere{200};
  routes.listen(kRoom, 0);
  routes.listen(kElsewhere, 0);
  routes.listen(kElsewhere, 1);
  routes.raise_heads({{.conversation_id = kRoom.value, .last_seq = 7},
                      {.conversation_id = kElsewhere.value, .last_seq = 8},
                      {.conversation_id = 300, .last_seq = 9}});
  EXPECT_EQ(letters_at(0), 1U);
  EXPECT_EQ(letters_at(1), 1U);
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
