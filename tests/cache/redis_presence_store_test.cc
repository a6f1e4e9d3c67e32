#include "cache/redis_presence_store.h"

#include <algorithm>
#include <set>

#include "cache/keys.h"
#include "cache/limits.h"
#include "cache_support.h"

namespace ringtalk::cache::testing {
namespace {

using Instances = std::vector<InstanceNumber>;

constexpr InstanceNumber kOne = 1;
constexpr InstanceNumber kOther = 0xffff'ffff'ffff'ffff;

class RedisPresenceStoreTest : public CacheTest, protected PresenceStore::Listener {
 protected:
  RedisPresenceStoreTest() {
    start_redis();
    connection = std::make_unique<RedisConnection>(*reactor, workers, log, options(), "presence");
    store = std::make_unique<RedisPresenceStore>(*connection);
    store->listen(*this);
    connection->open();
    turn_until([&] { return times_up == 1 && store->is_available(); });
    commands = &connect_and_wait();
  }
  ~RedisPresenceStoreTest() override { run(connection->close()); }

  void store_came_up() override { ++times_up; }
  void write_lost(std::int64_t user) override { lost.insert(user); }

  std::vector<Instances> instances_of(std::vector<std::int64_t> users) {
    auto found = run(store->instances_of(std::move(users)));
    EXPECT_TRUE(found.has_value());
    if (!found) return {};
    for (Instances& instances : *found) std::ranges::sort(instances);
    return std::move(*found);
  }
  bool beat(InstanceNumber instance) {
    const auto was_alive = run(store->beat(instance));
    EXPECT_TRUE(was_alive.has_value());
    return was_alive.value_or(false);
  }
  Instances alive() {
    auto found = run(store->alive_instances());
    EXPECT_TRUE(found.has_value());
    if (!found) return {};
    std::ranges::sort(*found);
    return std::move(*found);
  }
  std::int64_t life_of(const std::string& key) {
    return ask(*commands, Command("TTL").add(key)).integer;
  }

  std::unique_ptr<RedisConnection> connection;
  std::unique_ptr<RedisPresenceStore> store;
  RedisConnection* commands = nullptr;
  int times_up = 0;
  std::set<std::int64_t> lost;
};
INSTANTIATE_TEST_SUITE_P(All, RedisPresenceStoreTest, kBackends, name_of);

TEST_P(RedisPresenceStoreTest, tells_for_each_user_where_he_has_entered) {
  EXPECT_TRUE(store->enter(7, kOne));
  EXPECT_TRUE(store->enter(7, kOther));
  EXPECT_TRUE(store->enter(8, kOther));
  EXPECT_TRUE(store->enter(9, kOne));
  EXPECT_TRUE(store->leave(9, kOne));
  EXPECT_TRUE(store->leave(10, kOne)) << "nothing to do";
  EXPECT_EQ(instances_of({8, 7, 9, 10}),
            (std::vector<Instances>{{kOther}, {kOne, kOther}, {}, {}}));
  EXPECT_EQ(instances_of({}), std::vector<Instances>{});
  const std::int64_t life = life_of(presence_key(7));
  EXPECT_GT(life, std::chrono::seconds(limits::kPresenceEntryLife).count() - 60);
  EXPECT_EQ(life_of(presence_key(9)), -2) << "an empty set is gone";
}

TEST_P(RedisPresenceStoreTest, many_are_asked_for_in_one_round) {
  std::vector<std::int64_t> users(limits::kPresenceRoundMax);
  for (std::size_t i = 0; i < users.size(); ++i) {
    users[i] = static_cast<std::int64_t>(i) + 1;
    if (i % 2 == 0) store->enter(users[i], kOne);
  }
  const std::uint64_t before = reactor->backend().figures().submissions;
  const std::vector<Instances> found = instances_of(users);
  ASSERT_EQ(found.size(), users.size());
  for (std::size_t i = 0; i < users.size(); ++i) EXPECT_EQ(found[i].size(), i % 2 == 0 ? 1U : 0U);
  EXPECT_LE(reactor->backend().figures().submissions - before, 8U);
}

TEST_P(RedisPresenceStoreTest, an_instance_is_alive_from_its_first_beat_for_its_life) {
  EXPECT_EQ(alive(), Instances{});
  EXPECT_FALSE(beat(kOne)) << "new";
  EXPECT_FALSE(beat(kOther));
  EXPECT_TRUE(beat(kOne));
  EXPECT_EQ(alive(), (Instances{kOne, kOther}));
  EXPECT_EQ(run(store->alive_of({kOther, 5, kOne})), (Instances{kOther, kOne}));
  const std::int64_t life = life_of(instance_key(kOne));
  EXPECT_LE(life, std::chrono::seconds(limits::kInstanceLife).count());
  EXPECT_GT(life, std::chrono::seconds(limits::kInstanceLife).count() - 10);

  ask(*commands, Command("DEL").add(instance_key(kOther)));  // as if its time were over
  EXPECT_EQ(alive(), Instances{kOne});
  EXPECT_EQ(ask(*commands, Command("SCARD").add(instances_key())).integer, 1) << "forgotten";
  EXPECT_FALSE(beat(kOther)) << "back from the dead, and told so";
  EXPECT_EQ(alive(), (Instances{kOne, kOther}));
}

TEST_P(RedisPresenceStoreTest, who_says_farewell_lives_on_for_a_moment) {
  beat(kOne);
  store->farewell(kOne);
  EXPECT_EQ(alive(), Instances{kOne});
  EXPECT_LE(life_of(instance_key(kOne)), std::chrono::seconds(limits::kInstanceFarewell).count());
  store->farewell(kOther);
  EXPECT_EQ(run(store->alive_of({kOther})), Instances{}) << "who never lived, does not now";
}

TEST_P(RedisPresenceStoreTest, a_redis_that_has_forgotten_everything_is_noticed) {
  beat(kOne);
  store->enter(7, kOne);
  ask(*commands, Command("FLUSHALL"));
  EXPECT_FALSE(beat(kOne));
  EXPECT_EQ(alive(), Instances{kOne});
  EXPECT_EQ(instances_of({7}), std::vector<Instances>{{}});
}

TEST_P(RedisPresenceStoreTest, foreign_values_are_passed_over_and_foreign_types_are_an_error) {
  ask(*commands, Command("SADD").add(presence_key(7)).add("no number").add("1f").add("1fx"));
  EXPECT_EQ(instances_of({7}), std::vector<Instances>{{0x1f}});
  ask(*commands, Command("SET").add(presence_key(8)).add("no set"));
  EXPECT_FALSE(run(store->instances_of({7, 8})).has_value());
  EXPECT_TRUE(store->enter(8, kOne)) << "not known yet";
  turn_until([&] { return lost.contains(8); });
}

TEST_P(RedisPresenceStoreTest, what_redis_did_not_take_is_told_and_its_return_too) {
  redis->crash();
  turn_until([&] { return !store->is_available(); });
  EXPECT_FALSE(store->enter(7, kOne));
  EXPECT_FALSE(store->leave(7, kOne));
  EXPECT_FALSE(run(store->beat(kOne)).has_value());
  EXPECT_FALSE(run(store->alive_instances()).has_value());
  EXPECT_FALSE(run(store->instances_of({7})).has_value());
  redis->start();
  turn_until([&] { return times_up == 2; });
  EXPECT_FALSE(beat(kOne));
}

}  // namespace
}  // namespace ringtalk::cache::testing
