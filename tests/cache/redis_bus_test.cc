#include "cache/redis_bus.h"

#include "bus_support.h"
#include "cache_support.h"

namespace ringtalk::cache::testing {
namespace {

// One bus that hears, and one connection by which it publishes.
class RedisBusTest : public CacheTest {
 protected:
  RedisBusTest() { start_redis(); }
  ~RedisBusTest() override {
    if (bus) run(bus->close());
    close_connections();
  }

  void open(RedisOptions chosen) {
    publisher = &connect(options());
    bus = std::make_unique<RedisBus>(*reactor, workers, log, std::move(chosen), *publisher);
    bus->open(hearing);
  }
  void open() {
    open(options());
    wait_until_up();
  }
  void wait_until_up() {
    turn_until([&] { return bus->is_available() && publisher->is_available(); });
  }
  [[nodiscard]] RedisOptions impatient() const {
    RedisOptions chosen = options();
    chosen.ping_interval = 500ms;
    chosen.silence_max = 2s;
    return chosen;
  }
  void subscribe_and_wait(const std::string& channel) {
    const int before = hearing.confirmed[channel];
    bus->subscribe(channel);
    turn_until([&] { return hearing.confirmed[channel] == before + 1; });
  }
  /// Whatever was published before has been heard after it.
  void pass_a_marker() {
    const std::string marker = "marker " + std::to_string(++markers_);
    if (!hearing.confirmed.contains("markers")) subscribe_and_wait("markers");
    EXPECT_TRUE(bus->publish("markers", marker));
    turn_until([&] { return hearing.has("heard markers " + marker); });
  }
  [[nodiscard]] static std::string name(std::size_t number) {
    return "channel:" + std::to_string(number);
  }

  Hearing hearing;
  RedisConnection* publisher = nullptr;
  std::unique_ptr<RedisBus> bus;

 private:
  int markers_ = 0;
};
INSTANTIATE_TEST_SUITE_P(All, RedisBusTest, kBackends, name_of);

TEST_P(RedisBusTest, hears_what_is_published_once_it_is_subscribed) {
  open();
  subscribe_and_wait("a");
  EXPECT_TRUE(bus->publish("a", "hello"));
  EXPECT_TRUE(bus->publish("b", "nobody asked"));
  pass_a_marker();
  const std::vector<std::string> expected{"subscribed a", "heard a hello", "subscribed markers",
                                          "heard markers marker 1"};
  EXPECT_EQ(hearing.told, expected);
}

TEST_P(RedisBusTest, what_was_subscribed_before_it_opened_is_told_then) {
  publisher = &connect(options());
  bus = std::make_unique<RedisBus>(*reactor, workers, log, options(), *publisher);
  bus->subscribe("a");
  EXPECT_FALSE(bus->is_available());
  bus->open(hearing);
  turn_until([&] { return hearing.has("subscribed a"); });
}

TEST_P(RedisBusTest, two_buses_hear_each_other) {
  open();
  Hearing other_hearing;
  RedisBus other(*reactor, workers, log, options(), *publisher);
  other.open(other_hearing);
  other.subscribe("a");
  turn_until([&] { return other_hearing.has("subscribed a"); });
  EXPECT_TRUE(bus->publish("a", "hello"));
  turn_until([&] { return other_hearing.has("heard a hello"); });
  run(other.close());
}

TEST_P(RedisBusTest, hears_no_more_of_a_channel_that_it_has_left) {
  open();
  subscribe_and_wait("a");
  EXPECT_TRUE(bus->publish("a", "under way"));
  bus->unsubscribe("a");
  pass_a_marker();
  EXPECT_TRUE(bus->publish("a", "later"));
  pass_a_marker();
  EXPECT_FALSE(hearing.has("heard a under way"));
  EXPECT_FALSE(hearing.has("heard a later"));
  EXPECT_EQ(redis->ask({"PUBSUB", "NUMSUB", "a"}), "a\n0");
}

TEST_P(RedisBusTest, left_and_subscribed_within_a_turn_is_heard_and_confirmed_again) {
  open();
  subscribe_and_wait("a");
  bus->unsubscribe("a");
  bus->subscribe("a");
  bus->subscribe("a");
  turn_until([&] { return hearing.confirmed["a"] == 2; });
  EXPECT_TRUE(bus->publish("a", "hello"));
  pass_a_marker();
  EXPECT_TRUE(hearing.has("heard a hello"));
  EXPECT_EQ(hearing.count("subscribed a"), 2);
}

TEST_P(RedisBusTest, left_and_subscribed_in_quick_succession_ends_as_the_last_word_says) {
  open();
  for (int i = 0; i < 50; ++i) {
    bus->subscribe("a");
    if (i % 3 == 0) reactor->run_turn(reactor->now());
    bus->unsubscribe("a");
    if (i % 4 == 0) reactor->run_turn(reactor->now());
  }
  pass_a_marker();
  EXPECT_EQ(redis->ask({"PUBSUB", "NUMSUB", "a"}), "a\n0");
  subscribe_and_wait("a");
  EXPECT_TRUE(bus->publish("a", "hello"));
  pass_a_marker();
  EXPECT_TRUE(hearing.has("heard a hello"));
}

TEST_P(RedisBusTest, ten_thousand_channels_subscribed_in_one_turn_leave_in_few_commands) {
  open();
  constexpr std::size_t kMany = 10'000;
  for (std::size_t i = 0; i < kMany; ++i) bus->subscribe(name(i));
  turn_until([&] { return hearing.confirmed.size() == kMany; });
  EXPECT_EQ(bus->figures().channels, kMany);
  EXPECT_EQ(bus->figures().confirmations_due, 0U);
  const std::string calls = redis->ask({"INFO", "commandstats"});
  EXPECT_TRUE(calls.contains("cmdstat_subscribe:calls=20,")) << calls;

  for (std::size_t i = 0; i < kMany; i += 100) EXPECT_TRUE(bus->publish(name(i), "hello"));
  pass_a_marker();
  for (std::size_t i = 0; i < kMany; i += 100)
    EXPECT_TRUE(hearing.has("heard " + name(i) + " hello"));
  for (std::size_t i = 0; i < kMany; ++i) bus->unsubscribe(name(i));
  turn_until([&] { return bus->figures().channels == 1; });
}

TEST_P(RedisBusTest, a_huge_payload_arrives_whole) {
  open();
  subscribe_and_wait("a");
  const std::string huge(5UL * 1024 * 1024, 'x');
  EXPECT_TRUE(bus->publish("a", huge));
  turn_until([&] { return hearing.has("heard a " + huge); });
}

TEST_P(RedisBusTest, a_flood_is_heard_in_order_and_to_the_last) {
  open();
  subscribe_and_wait("a");
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) ASSERT_TRUE(bus->publish("a", std::to_string(i)));
  pass_a_marker();
  int expected = 0;
  for (const std::string& told : hearing.told) {
    if (told.starts_with("heard a ")) EXPECT_EQ(told, "heard a " + std::to_string(expected++));
  }
  EXPECT_EQ(expected, kMany);
  EXPECT_EQ(bus->figures().losses, 0U);
}

TEST_P(RedisBusTest, its_listener_may_use_it_from_inside) {
  open();
  subscribe_and_wait("a");
  bool is_first = true;
  hearing.on_heard = [&] {
    if (!std::exchange(is_first, false)) return;
    bus->unsubscribe("a");
    bus->subscribe("b");
    bus->publish("b", "too early");
  };
  EXPECT_TRUE(bus->publish("a", "hello"));
  turn_until([&] { return hearing.has("subscribed b"); });
  EXPECT_TRUE(bus->publish("b", "hello"));
  turn_until([&] { return hearing.has("heard b hello"); });
}

TEST_P(RedisBusTest, after_a_crash_it_says_so_and_subscribes_to_everything_again) {
  open();
  constexpr std::size_t kMany = 3'000;
  for (std::size_t i = 0; i < kMany; ++i) bus->subscribe(name(i));
  turn_until([&] { return hearing.confirmed.size() == kMany; });

  redis->crash();
  turn_until([&] { return hearing.losses == 1; });
  EXPECT_FALSE(bus->is_available());
  turn_until([&] { return !publisher->is_available(); });
  EXPECT_FALSE(bus->publish(name(0), "into the void"));
  bus->unsubscribe(name(1));
  bus->subscribe("new");
  turn_until([&] { return bus->figures().connect_failures >= 2; });
  EXPECT_EQ(hearing.losses, 1) << "a failed attempt is no loss";

  redis->start();
  turn_until([&] { return hearing.confirmed.size() == kMany; });
  EXPECT_FALSE(hearing.confirmed.contains(name(1)));
  EXPECT_TRUE(hearing.confirmed.contains("new"));
  turn_until([&] { return publisher->is_available(); });
  EXPECT_TRUE(bus->publish(name(0), "again"));
  turn_until([&] { return hearing.has("heard " + name(0) + " again"); });
  EXPECT_EQ(bus->figures().losses, 1U);
  EXPECT_EQ(hearing.count("lost publishes"), 1) << "of what went into the void";
}

TEST_P(RedisBusTest, a_frozen_redis_is_found_dead_and_heals_when_it_thaws) {
  open(impatient());
  wait_until_up();
  subscribe_and_wait("a");
  redis->freeze();
  const reactor::TimePoint before = reactor->now();
  turn_until([&] { return hearing.losses == 1; });
  EXPECT_GE(reactor->now() - before, 1s);
  EXPECT_FALSE(bus->is_available());
  redis->thaw();
  turn_until([&] { return hearing.confirmed.contains("a"); });
  turn_until([&] { return publisher->is_available(); });
  EXPECT_TRUE(bus->publish("a", "hello"));
  turn_until([&] { return hearing.has("heard a hello"); });
}

TEST_P(RedisBusTest, silence_is_no_death_while_redis_answers) {
  open(impatient());
  wait_until_up();
  turn_for(3s);
  subscribe_and_wait("a");
  turn_for(3s);
  EXPECT_EQ(hearing.losses, 0);
  EXPECT_EQ(bus->figures().connects, 1U);
}

TEST_P(RedisBusTest, a_subscriber_that_redis_throws_out_comes_back) {
  open();
  subscribe_and_wait("a");
  EXPECT_EQ(redis->ask({"CLIENT", "KILL", "TYPE", "pubsub"}), "1");
  turn_until([&] { return hearing.losses == 1 && hearing.confirmed.contains("a"); });
  EXPECT_TRUE(bus->publish("a", "hello"));
  turn_until([&] { return hearing.has("heard a hello"); });
}

TEST_P(RedisBusTest, a_flushed_database_costs_no_subscription) {
  open();
  subscribe_and_wait("a");
  EXPECT_EQ(redis->ask({"FLUSHALL"}), "OK");
  EXPECT_TRUE(bus->publish("a", "hello"));
  turn_until([&] { return hearing.has("heard a hello"); });
  EXPECT_EQ(hearing.losses, 0);
}

TEST_P(RedisBusTest, is_asked_less_and_less_often_when_it_may_not_subscribe) {
  EXPECT_EQ(redis->ask({"ACL", "SETUSER", "mute", "on", ">pw", "~*", "resetchannels", "+@all"}),
            "OK");
  RedisOptions chosen = options();
  chosen.user = "mute";
  chosen.password = "pw";
  open(chosen);
  bus->subscribe("a");
  turn_until([&] { return bus->figures().losses >= 3; });
  EXPECT_GE(log.count("NOPERM"), 3);
  EXPECT_EQ(redis->ask({"ACL", "SETUSER", "mute", "allchannels"}), "OK");
  turn_until([&] { return hearing.confirmed.contains("a"); });
}

TEST_P(RedisBusTest, after_close_nobody_is_told_any_more) {
  open();
  subscribe_and_wait("a");
  const std::size_t before = hearing.told.size();
  EXPECT_TRUE(bus->publish("a", "late"));
  run(bus->close());
  turn_for(20ms);
  EXPECT_EQ(hearing.told.size(), before);
  bus->subscribe("b");
  bus->unsubscribe("a");
}

TEST_P(RedisBusTest, closes_at_any_time_of_its_life) {
  publisher = &connect(options());
  {
    RedisBus never_opened(*reactor, workers, log, options(), *publisher);
    run(never_opened.close());
  }
  for (int turns = 0; turns < 20; ++turns) {
    RedisBus other(*reactor, workers, log, options(), *publisher);
    other.subscribe("a");
    other.open(hearing);
    for (int i = 0; i < turns; ++i) reactor->run_turn(reactor->now());
    run(other.close());
  }
  EXPECT_EQ(hearing.losses, 0);
}

}  // namespace
}  // namespace ringtalk::cache::testing
