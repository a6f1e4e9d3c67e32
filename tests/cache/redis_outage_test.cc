// RedisConnection while Redis crashes, freezes, refuses or forgets.
#include "cache/redis_connection.h"
#include "cache_support.h"

namespace ringtalk::cache::testing {
namespace {

using Answer = Result<Reply>;

class RedisOutageTest : public CacheTest {};
INSTANTIATE_TEST_SUITE_P(All, RedisOutageTest, kBackends, name_of);

Command echo(std::string_view text) {
  return Command("ECHO").add(text);
}

TEST_P(RedisOutageTest, nobody_waits_while_redis_is_away) {
  start_redis();
  redis->crash();
  RedisConnection& connection = connect(options());
  const Answer answer = run(connection.run(echo("x")));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(connection.post(echo("x")));
  EXPECT_FALSE(connection.is_available());
  EXPECT_EQ(connection.epoch(), 0U);
  EXPECT_EQ(connection.figures().refused, 2U);
  turn_until([&] { return connection.figures().connect_failures >= 3; });
  EXPECT_EQ(log.count("redis.connect_failed"), connection.figures().connect_failures);

  redis->start();
  turn_until([&] { return connection.is_available(); });
  EXPECT_EQ(connection.epoch(), 1U);
  EXPECT_EQ(ask(connection, echo("back")).text, "back");
}

struct UpCounter final : RedisConnection::Listener {
  void on_up() override { ++count; }
  int count = 0;
};

struct Losses final : RedisConnection::PostOwner {
  void post_lost(std::int64_t mark) override { marks.push_back(mark); }
  std::vector<std::int64_t> marks;
};

TEST_P(RedisOutageTest, heals_after_a_crash_and_tells_what_may_be_lost) {
  start_redis();
  UpCounter ups;
  Losses losses;
  RedisConnection connection(*reactor, workers, log, options(), "test");
  connection.add_listener(ups);
  connection.open();
  turn_until([&] { return ups.count == 1; });
  EXPECT_TRUE(connection.post(echo("answered"), {.owner = &losses, .mark = 1}));
  ask(connection, echo("x"));
  EXPECT_EQ(losses.marks, std::vector<std::int64_t>{});

  redis->freeze();
  std::optional<Answer> answer;
  begin(connection.run(echo("x")), answer);
  EXPECT_TRUE(connection.post(echo("in flight"), {.owner = &losses, .mark = 2}));
  turn_for(5ms);
  redis->crash();
  turn_until([&] { return answer.has_value(); });
  EXPECT_EQ(answer->error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(losses.marks, std::vector<std::int64_t>{2});
  EXPECT_FALSE(connection.post(echo("away"), {.owner = &losses, .mark = 3}));
  EXPECT_EQ(losses.marks.size(), 1U) << "post() itself has told";
  EXPECT_EQ(connection.figures().posts_lost, 1U);
  EXPECT_EQ(log.count("redis.lost"), 1);

  redis->start();
  turn_until([&] { return ups.count == 2; });
  EXPECT_EQ(connection.epoch(), 2U);
  EXPECT_EQ(ask(connection, echo("back")).text, "back");
  run(connection.close());
}

TEST_P(RedisOutageTest, tells_of_a_post_that_was_answered_with_an_error) {
  start_redis();
  Losses losses;
  RedisConnection& connection = connect_and_wait();
  ask(connection, Command("SET").add("k").add("v"));
  EXPECT_TRUE(connection.post(Command("LPUSH").add("k").add("x"), {.owner = &losses, .mark = 7}));
  ask(connection, echo("x"));
  EXPECT_EQ(losses.marks, std::vector<std::int64_t>{7});
}

TEST_P(RedisOutageTest, an_answer_past_its_deadline_is_a_miss_and_keeps_its_place) {
  start_redis();
  RedisOptions chosen = options();
  chosen.command_timeout = 200ms;
  chosen.timeouts_to_give_up = 1'000;
  RedisConnection& connection = connect(chosen);
  turn_until([&] { return connection.is_available(); });
  redis->freeze();
  const reactor::TimePoint before = reactor->now();
  const Answer late = run(connection.run(echo("late")));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::kTimedOut);
  EXPECT_GE(reactor->now() - before, 200ms);
  EXPECT_EQ(connection.figures().timeouts, 1U);
  EXPECT_EQ(connection.figures().in_flight, 1U);
  redis->thaw();
  turn_until([&] { return connection.figures().in_flight == 0; });
  EXPECT_EQ(ask(connection, echo("next")).text, "next");
  EXPECT_EQ(connection.epoch(), 1U) << "the same connection";
}

TEST_P(RedisOutageTest, gives_up_after_timeouts_in_a_row_until_redis_answers_in_time) {
  start_redis();
  RedisOptions chosen = options();
  chosen.command_timeout = 200ms;
  chosen.stuck_after = 10min;
  RedisConnection& connection = connect(chosen);
  turn_until([&] { return connection.is_available(); });
  redis->freeze();
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(connection.is_available());
    EXPECT_EQ(run(connection.run(echo("x"))).error().kind, ErrorKind::kTimedOut);
  }
  EXPECT_FALSE(connection.is_available());
  EXPECT_EQ(log.count("redis.slow"), 1);

  const std::uint64_t turns = reactor->figures().turns;
  const std::size_t in_flight = connection.figures().in_flight;
  EXPECT_EQ(run(connection.run(echo("x"))).error().kind, ErrorKind::kUnavailable);
  EXPECT_LE(reactor->figures().turns - turns, 1U) << "at once";
  EXPECT_EQ(connection.figures().in_flight, in_flight) << "nothing was sent";
  EXPECT_TRUE(connection.post(Command("SET").add("posted").add("late"))) << "nobody waits for it";

  redis->thaw();
  turn_until([&] { return connection.is_available(); });
  EXPECT_EQ(log.count("redis.answers_again"), 1);
  EXPECT_TRUE(ask(connection, Command("GET").add("posted")).is_string("late"));
  EXPECT_EQ(connection.epoch(), 1U);
  EXPECT_EQ(connection.figures().breaker_openings, 1U);
}

TEST_P(RedisOutageTest, a_stuck_connection_is_thrown_away_and_made_anew) {
  start_redis();
  RedisOptions chosen = options();
  chosen.stuck_after = 300ms;
  chosen.connect_timeout = 300ms;
  RedisConnection& connection = connect(chosen);
  turn_until([&] { return connection.is_available(); });
  Losses losses;
  redis->freeze();
  EXPECT_TRUE(connection.post(echo("x"), {.owner = &losses, .mark = 9}));
  const Answer answer = run(connection.run(echo("x")));
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(losses.marks, std::vector<std::int64_t>{9});
  // The kernel still accepts for it; only an answer makes a session.
  turn_until([&] { return connection.figures().connect_failures >= 2; });
  EXPECT_EQ(connection.epoch(), 1U);
  redis->thaw();
  turn_until([&] { return connection.is_available(); });
  EXPECT_EQ(connection.epoch(), 2U);
  EXPECT_EQ(ask(connection, echo("back")).text, "back");
}

TEST_P(RedisOutageTest, a_flushed_database_is_just_empty) {
  start_redis();
  RedisConnection& connection = connect_and_wait();
  ask(connection, Command("SET").add("k").add("v"));
  EXPECT_EQ(redis->ask({"FLUSHALL"}), "OK");
  turn_for(1ms);
  EXPECT_EQ(ask(connection, Command("GET").add("k")).kind, Reply::Kind::kNil);
  EXPECT_EQ(connection.epoch(), 1U);
}

}  // namespace
}  // namespace ringtalk::cache::testing
