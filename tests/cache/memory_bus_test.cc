#include "cache/memory_bus.h"

#include <gtest/gtest.h>

#include <memory>

#include "bus_support.h"
#include "run_task.h"

namespace ringtalk::cache::testing {
namespace {

using namespace std::chrono_literals;
using Told = std::vector<std::string>;

class MemoryBusTest : public ::testing::Test {
 protected:
  void open() {
    one.open(first);
    other.open(second);
    turn();
  }
  void turn(reactor::Duration span = 1ms) { test_support::turn_for(reactor, span); }
  void close() {
    test_support::run(reactor, one.close());
    test_support::run(reactor, other.close());
  }

  reactor::SystemClock clock;
  reactor::Reactor reactor{std::move(reactor::make_backend(reactor::BackendKind::kEpoll)->backend),
                           clock};
  MemoryBusHub hub{reactor, 42};
  MemoryBus one{hub};
  MemoryBus other{hub};
  Hearing first;
  Hearing second;
};

TEST_F(MemoryBusTest, hears_what_is_published_once_it_is_subscribed) {
  open();
  EXPECT_TRUE(one.publish("a", "too early"));
  one.subscribe("a");
  other.subscribe("a");
  EXPECT_TRUE(first.told.empty()) << "told from the loop alone";
  EXPECT_TRUE(one.publish("a", "not confirmed yet"));
  turn();
  EXPECT_TRUE(other.publish("a", "hello"));
  turn();
  EXPECT_EQ(first.told, (Told{"subscribed a", "heard a hello"}));
  EXPECT_EQ(second.told, (Told{"subscribed a", "heard a hello"})) << "one hears oneself";
  close();
}

TEST_F(MemoryBusTest, subscribing_twice_is_confirmed_once_and_after_leaving_again) {
  open();
  one.subscribe("a");
  one.subscribe("a");
  turn();
  one.subscribe("a");
  turn();
  EXPECT_EQ(first.count("subscribed a"), 1);
  EXPECT_TRUE(one.publish("a", "under way"));
  one.unsubscribe("a");
  one.subscribe("a");
  turn();
  EXPECT_EQ(first.count("subscribed a"), 2);
  one.unsubscribe("a");
  one.subscribe("b");
  one.unsubscribe("b");
  turn();
  EXPECT_FALSE(first.has("subscribed b"));
  close();
}

TEST_F(MemoryBusTest, goes_away_with_a_word_and_comes_back_subscribed) {
  open();
  one.subscribe("a");
  one.subscribe("b");
  turn();
  EXPECT_TRUE(other.publish("a", "on its way"));
  one.go_away();
  EXPECT_FALSE(one.is_available());
  EXPECT_FALSE(one.publish("a", "nobody hears"));
  EXPECT_TRUE(other.publish("a", "meanwhile"));
  turn();
  one.go_away();
  turn();
  EXPECT_EQ(first.losses, 1);
  one.unsubscribe("b");
  one.come_back();
  turn();
  EXPECT_TRUE(one.is_available());
  EXPECT_TRUE(other.publish("a", "hello"));
  turn();
  EXPECT_EQ(first.told, (Told{"subscribed a", "subscribed b", "lost", "lost publishes",
                              "subscribed a", "heard a hello"}));
  close();
}

TEST_F(MemoryBusTest, may_be_away_from_the_start) {
  one.go_away();
  open();
  one.subscribe("a");
  turn();
  EXPECT_TRUE(first.told.empty());
  one.come_back();
  turn();
  EXPECT_EQ(first.told, Told{"subscribed a"});
  close();
}

TEST_F(MemoryBusTest, drops_doubles_and_delays_by_a_chance_that_repeats) {
  const auto play = [&](std::uint64_t seed) {
    MemoryBusHub spoiled(reactor, seed);
    MemoryBus bus(spoiled);
    Hearing hearing;
    bus.open(hearing);
    bus.subscribe("a");
    turn();
    turn();
    spoiled.set_chances({.drops = 0.2, .doubles = 0.2, .delays = 0.5, .delay_max = 20ms});
    for (int i = 1'000; i < 2'000; ++i) EXPECT_TRUE(bus.publish("a", std::to_string(i)));
    turn(50ms);
    EXPECT_NEAR(static_cast<double>(spoiled.dropped()), 200, 80);
    EXPECT_FALSE(std::is_sorted(hearing.told.begin() + 1, hearing.told.end()))
        << "later ones overtake";
    const auto doubled = std::ranges::count_if(
        hearing.told, [&](const std::string& told) { return hearing.count(told) == 2; });
    EXPECT_NEAR(static_cast<double>(doubled) / 2, 160, 70);
    test_support::run(reactor, bus.close());
    return hearing.told;
  };
  EXPECT_EQ(play(1), play(1));
  EXPECT_NE(play(1), play(2));
  one.open(first);
  close();
}

TEST_F(MemoryBusTest, ends_while_messages_are_on_their_way_to_it) {
  one.open(first);
  auto gone = std::make_unique<MemoryBus>(hub);
  gone->open(second);
  gone->subscribe("a");
  turn();
  turn();
  EXPECT_TRUE(one.publish("a", "hello"));
  test_support::run(reactor, gone->close());
  gone.reset();
  turn();
  EXPECT_EQ(second.told, Told{"subscribed a"});
  close();
}

}  // namespace
}  // namespace ringtalk::cache::testing
