// The hub: who listens, the tail that it keeps, and what it tells the owners.
#include "app/chat/hub.h"

#include <gtest/gtest.h>

#include "app/limits.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

constexpr protocol::ConversationId kElsewhere{200};

PublishedPtr message(protocol::Seq seq, std::size_t content_bytes = 1,
                     protocol::ConversationId room = kRoom) {
  auto published = std::make_shared<Published>();
  published->conversation_id = room;
  published->event = {.seq = seq,
                      .detail = protocol::MessageView{.conversation_id = room,
                                                      .seq = seq,
                                                      .sender_id = kBob,
                                                      .content = std::string(content_bytes, 'x')}};
  published->frame = frame_of(room, published->event);
  return published;
}

class HubTest : public ::testing::Test {
 protected:
  /// A feed that never starts keeps the topic open; the hub gives its topic to whoever joins.
  Topic& topic() {
    if (!feed_) feed_.emplace(alice_.feeds, kRoom);
    return *lab.hub.find(kRoom);
  }

  ChatLab lab;

 private:
  Listener alice_{lab, kAlice};
  std::optional<Feed> feed_;
};

TEST_F(HubTest, keeps_the_tail_of_what_is_listened_to) {
  Topic& topic = this->topic();
  lab.hub.deliver(message(1));
  lab.hub.deliver(message(2));
  lab.hub.deliver(message(1, 1, kElsewhere));
  EXPECT_EQ(topic.head, 2);
  ASSERT_EQ(topic.tail.size(), 2U);
  EXPECT_EQ(topic.tail.front()->event.seq, 1);
  EXPECT_EQ(lab.hub.topics(), 1U);
}

TEST_F(HubTest, a_hole_begins_the_tail_anew_so_that_it_stays_dense) {
  Topic& topic = this->topic();
  lab.hub.deliver(message(1));
  lab.hub.deliver(message(3));
  EXPECT_EQ(topic.head, 3);
  ASSERT_EQ(topic.tail.size(), 1U);
  EXPECT_EQ(topic.tail.front()->event.seq, 3);
}

TEST_F(HubTest, what_comes_late_does_not_disturb_the_tail) {
  Topic& topic = this->topic();
  lab.hub.deliver(message(3));
  lab.hub.deliver(message(2));
  lab.hub.deliver(message(3));
  EXPECT_EQ(topic.head, 3);
  EXPECT_EQ(topic.tail.size(), 1U);
}

TEST_F(HubTest, a_raised_head_does_not_hide_a_hole_in_the_tail) {
  Topic& topic = this->topic();
  lab.hub.deliver(message(1));
  EXPECT_FALSE(lab.hub.raise_head(kRoom, 2));  // its event never came
  lab.hub.deliver(message(3));
  ASSERT_EQ(topic.tail.size(), 1U);
  EXPECT_EQ(topic.tail.front()->event.seq, 3);
}

TEST_F(HubTest, an_event_whose_head_was_known_before_it_came_is_in_the_tail) {
  Topic& topic = this->topic();
  lab.hub.deliver(message(1));
  EXPECT_FALSE(lab.hub.raise_head(kRoom, 2));
  lab.hub.deliver(message(2));
  EXPECT_EQ(topic.tail.size(), 2U);
}

TEST_F(HubTest, the_tail_holds_as_many_events_as_its_bound_and_drops_the_oldest_past_it) {
  Topic& topic = this->topic();
  const auto bound = static_cast<protocol::Seq>(limits::kTailEventsMax);
  for (protocol::Seq seq = 1; seq <= bound; ++seq) lab.hub.deliver(message(seq));
  EXPECT_EQ(topic.tail.size(), limits::kTailEventsMax);
  EXPECT_EQ(topic.tail.front()->event.seq, 1);
  lab.hub.deliver(message(bound + 1));
  EXPECT_EQ(topic.tail.size(), limits::kTailEventsMax);
  EXPECT_EQ(topic.tail.front()->event.seq, 2);
}

TEST_F(HubTest, the_tail_is_bounded_in_bytes_too) {
  Topic& topic = this->topic();
  for (protocol::Seq seq = 1; seq <= 100; ++seq) lab.hub.deliver(message(seq, 16 * 1024));
  EXPECT_LE(topic.tail_bytes, limits::kTailBytesMax);
  EXPECT_GT(topic.tail_bytes, limits::kTailBytesMax - 20 * 1024);
  EXPECT_EQ(topic.tail.back()->event.seq, 100);
}

TEST_F(HubTest, a_head_that_was_raised_sends_its_listeners_to_the_database) {
  Listener bob(lab, kBob);
  bob.start(0, 0);
  lab.store.store_silently({.conversation_id = kRoom.value,
                            .sender_id = kAlice.value,
                            .client_id = uuid_of(1).bytes,
                            .body = "nobody was told"});
  EXPECT_TRUE(lab.hub.raise_head(kRoom, 1));
  lab.settle();
  EXPECT_EQ(bob.heard(), std::vector<std::string>{"event 1 nobody was told"});
}

TEST_F(HubTest, a_head_that_is_known_or_that_nobody_listens_to_is_no_news) {
  Topic& topic = this->topic();
  lab.hub.deliver(message(3));
  EXPECT_FALSE(lab.hub.raise_head(kRoom, 3));
  EXPECT_FALSE(lab.hub.raise_head(kRoom, 2));
  EXPECT_FALSE(lab.hub.raise_head(kElsewhere, 9));
  EXPECT_EQ(topic.head, 3);
}

TEST_F(HubTest, forgets_a_conversation_with_its_last_listener) {
  {
    Listener bob(lab, kBob);
    bob.start(0, 0);
    EXPECT_EQ(lab.hub.topics(), 1U);
  }
  EXPECT_EQ(lab.hub.topics(), 0U);
}

TEST_F(HubTest, tells_the_owner_who_begins_and_who_ceases_to_listen) {
  {
    Listener bob(lab, kBob);
    bob.start(0, 0);
    Listener alice(lab, kAlice);
    alice.start(0, 0);
    lab.settle();
    EXPECT_EQ(lab.routes.conversation_ids(), std::vector<std::int64_t>{kRoom.value});
  }
  lab.settle();
  EXPECT_EQ(lab.routes.size(), 0U);
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
