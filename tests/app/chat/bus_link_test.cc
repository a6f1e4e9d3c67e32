// Two instances over a bus in memory: what is committed on one is heard on the other.
// Test code; one thread.
#include "app/chat/bus_link.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "cache/keys.h"
#include "cache/memory_bus.h"
#include "cache/memory_bus_hub.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

/// Notes what a shard would do.
struct Notes final : BusLink::Receiver {
  void heard_event(const PublishedPtr& published) override {
    lines.push_back("event " + std::to_string(published->event.seq));
  }
  void heard_passing(const PassingPtr&) override { lines.emplace_back("passing"); }
  void heard_notice(const PublishedPtr& published) override {
    lines.push_back("notice of " + to_text(published->conversation_id));
  }
  void hears(protocol::ConversationId id) override { lines.push_back("hears " + to_text(id)); }
  void lost_bus() override { lines.emplace_back("lost"); }
  void missed_something() override { lines.emplace_back("missed something"); }
  std::vector<std::string> lines;
};
using Lines = std::vector<std::string>;

struct Instance {
  Instance(cache::MemoryBusHub& hub, InstanceId id)
      : bus(hub), link({.bus = &bus, .instance = id, .json_reader = reader}) {
    link.open(notes);
  }
  protocol::JsonReader reader;
  cache::MemoryBus bus;
  Notes notes;
  BusLink link;
};

class BusLinkTest : public ::testing::Test {
 protected:
  ~BusLinkTest() override {
    test_support::run(lab.reactor, here.link.close());
    test_support::run(lab.reactor, there.link.close());
  }
  void settle() { lab.settle(); }
  static Published event(protocol::Seq seq, protocol::EventDetail detail) {
    Published published;
    published.conversation_id = kRoom;
    published.event = {.seq = seq, .detail = std::move(detail)};
    return published;
  }
  static Published renamed(protocol::Seq seq) {
    return event(seq, protocol::Renamed{.name = "x", .by_user_id = kAlice});
  }

  ChatLab lab;
  cache::MemoryBusHub hub{lab.reactor, 1};
  Instance here{hub, 1};
  Instance there{hub, 2};
};

TEST_F(BusLinkTest, hears_the_events_of_what_it_listens_to_and_of_nothing_else) {
  there.link.listen(kRoom);
  settle();
  EXPECT_EQ(there.notes.lines, Lines{"hears 100"});
  here.link.publish(renamed(1));
  settle();
  EXPECT_EQ(there.notes.lines, (Lines{"hears 100", "event 1"}));
  there.link.unlisten(kRoom);
  here.link.publish(renamed(2));
  settle();
  EXPECT_EQ(there.notes.lines.size(), 2U);
  EXPECT_TRUE(here.notes.lines.empty());
}

TEST_F(BusLinkTest, drops_what_is_its_own) {
  here.link.listen(kRoom);
  settle();
  here.link.publish(renamed(1));
  settle();
  EXPECT_EQ(here.notes.lines, Lines{"hears 100"});
  EXPECT_EQ(here.link.figures().heard, 0U);
}

TEST_F(BusLinkTest, tells_the_users_whom_an_event_makes_members_or_no_longer) {
  there.link.listen(kBob);
  settle();
  here.link.publish(event(1, protocol::Joined{.user_ids = {kBob}, .by_user_id = kAlice}));
  here.link.publish(event(2, protocol::Left{.user_id = kBob, .by_user_id = kAlice}));
  here.link.publish(event(3, protocol::Left{.user_id = kAlice, .by_user_id = kAlice}));
  Published opened;
  opened.conversation_id = {200};
  opened.opened_to = {kAlice, kBob};
  here.link.publish(opened);
  settle();
  EXPECT_EQ(there.notes.lines, (Lines{"notice of 100", "notice of 100", "notice of 200"}));
}

TEST_F(BusLinkTest, says_when_the_bus_is_lost_and_from_when_on_it_is_heard_again) {
  there.link.listen(kRoom);
  settle();
  EXPECT_FALSE(there.link.is_away());
  there.bus.go_away();
  settle();
  EXPECT_TRUE(there.link.is_away());
  here.link.publish(renamed(1));
  there.bus.come_back();
  settle();
  EXPECT_FALSE(there.link.is_away());
  EXPECT_EQ(there.notes.lines, (Lines{"hears 100", "lost", "hears 100"}));
}

TEST_F(BusLinkTest, counts_what_could_not_be_published_and_what_could_not_be_read) {
  there.link.listen(kRoom);
  settle();
  here.bus.publish(cache::conversation_channel(kRoom.value), "not a letter");
  here.bus.go_away();
  here.link.publish(renamed(1));
  settle();
  EXPECT_EQ(here.link.figures().publishes_lost, 1U);
  EXPECT_EQ(there.link.misses(), 0U);
  EXPECT_EQ(there.link.figures().unread, 1U);
  EXPECT_EQ(there.notes.lines, Lines{"hears 100"});
}

TEST_F(BusLinkTest, who_could_not_publish_has_everyone_else_compare_as_soon_as_it_can) {
  there.link.listen(kRoom);
  settle();
  here.bus.go_away();
  here.link.publish(renamed(1));
  settle();
  here.bus.come_back();
  settle();
  EXPECT_EQ(there.notes.lines, (Lines{"hears 100", "missed something"}));
  EXPECT_EQ(there.link.misses(), 1U);
  here.bus.go_away();
  here.bus.come_back();
  settle();
  EXPECT_EQ(there.link.misses(), 1U) << "nothing was lost this time";
}

TEST_F(BusLinkTest, without_a_bus_there_is_nothing_to_do) {
  BusLink alone({.json_reader = here.reader});
  Notes notes;
  alone.open(notes);
  alone.listen(kRoom);
  alone.publish(renamed(1));
  EXPECT_FALSE(alone.has_bus());
  EXPECT_FALSE(alone.is_away()) << "nobody is missed";
  test_support::run(lab.reactor, alone.close());
  EXPECT_TRUE(notes.lines.empty());
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
