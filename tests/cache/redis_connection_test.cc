#include "cache/redis_connection.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cache/limits.h"
#include "cache/redis_url.h"
#include "cache_support.h"

namespace ringtalk::cache::testing {
namespace {

using Answer = Result<Reply>;

class RedisConnectionTest : public CacheTest {};
INSTANTIATE_TEST_SUITE_P(All, RedisConnectionTest, kBackends, name_of);

/// Nobody listens there at the moment.
std::uint16_t free_port() {
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {}, .sin_zero = {}};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&address), length), 0);
  EXPECT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &length), 0);
  ::close(probe);
  return ntohs(address.sin_port);
}

Command echo(std::string_view text) {
  return Command("ECHO").add(text);
}

TEST_P(RedisConnectionTest, answers_each_command_with_its_own) {
  start_redis();
  RedisConnection& connection = connect_and_wait();
  std::vector<std::optional<Answer>> answers(1'000);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    begin(connection.run(echo(std::to_string(i))), answers[i]);
  }
  EXPECT_EQ(connection.figures().in_flight, 1'000U);
  turn_until([&] { return answers.back().has_value(); });
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i] && answers[i]->has_value());
    EXPECT_EQ((*answers[i])->text, std::to_string(i));
  }
  EXPECT_EQ(connection.figures().in_flight, 0U);
  EXPECT_EQ(connection.figures().commands, 1'000U);
}

TEST_P(RedisConnectionTest, knows_all_kinds_of_answers) {
  start_redis();
  RedisConnection& connection = connect_and_wait();
  EXPECT_TRUE(ask(connection, Command("SET").add("k").add("v")).is_string("OK"));
  EXPECT_TRUE(ask(connection, Command("GET").add("k")).is_string("v"));
  EXPECT_EQ(ask(connection, Command("GET").add("absent")).kind, Reply::Kind::kNil);
  EXPECT_EQ(ask(connection, Command("STRLEN").add("k")).integer, 1);
  const Reply nested =
      ask(connection, Command("EVAL").add("return {1, {'two', {}}, false, 'four'}").add(0));
  ASSERT_EQ(nested.elements.size(), 4U);
  EXPECT_EQ(nested.elements[0].integer, 1);
  ASSERT_EQ(nested.elements[1].elements.size(), 2U);
  EXPECT_TRUE(nested.elements[1].elements[0].is_string("two"));
  EXPECT_EQ(nested.elements[1].elements[1].kind, Reply::Kind::kArray);
  EXPECT_EQ(nested.elements[2].kind, Reply::Kind::kNil);
  EXPECT_TRUE(nested.elements[3].is_string("four"));

  const Answer error = run(connection.run(Command("LPUSH").add("k").add("x")));
  ASSERT_TRUE(error.has_value());
  EXPECT_TRUE(error->is_error());
  EXPECT_TRUE(error->text.starts_with("WRONGTYPE"));
  EXPECT_EQ(connection.figures().errors, 1U);
}

TEST_P(RedisConnectionTest, carries_any_bytes_and_many) {
  start_redis();
  RedisConnection& connection = connect_and_wait();
  const std::string odd("a\r\n\0$3\r\n\xff", 9);
  EXPECT_EQ(ask(connection, echo(odd)).text, odd);
  std::string large(6UL * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < large.size(); i += 1'000) large[i] = static_cast<char>(i % 251);
  EXPECT_EQ(ask(connection, echo(large)).text, large);
}

TEST_P(RedisConnectionTest, the_commands_of_a_turn_leave_in_one_write) {
  start_redis();
  RedisConnection& connection = connect_and_wait();
  const std::uint64_t before = reactor->backend().figures().submissions;
  std::vector<std::optional<Answer>> answers(100);
  for (auto& answer : answers) begin(connection.run(echo("x")), answer);
  turn_until([&] { return answers.back().has_value(); });
  EXPECT_LE(reactor->backend().figures().submissions - before, 5U);
}

TEST_P(RedisConnectionTest, posts_are_done_in_the_order_of_their_posting) {
  start_redis();
  RedisConnection& connection = connect_and_wait();
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(connection.post(Command("APPEND").add("text").add(std::to_string(i % 10))));
  }
  const std::string text = ask(connection, Command("GET").add("text")).text;
  EXPECT_EQ(text.size(), 100U);
  EXPECT_EQ(text.substr(0, 12), "012345678901");
  EXPECT_EQ(connection.figures().posts, 100U);
}

TEST_P(RedisConnectionTest, takes_posts_up_to_its_bound_of_bytes_and_not_one_more) {
  start_redis();
  RedisConnection& connection = connect_and_wait();
  // In one turn, so that nothing leaves.
  const Command large = Command("SET").add("k").add(std::string(1024UL * 1024 - 8, 'x'));
  std::size_t taken = 0;
  while (connection.post(large)) ++taken;
  EXPECT_EQ(taken, 7U);
  EXPECT_LE(connection.figures().bytes_unsent, limits::kUnsentBytesMax);
  const std::size_t room = limits::kUnsentBytesMax - connection.figures().bytes_unsent;
  const auto with = [](std::size_t bytes) {
    return Command("SET").add("k").add(std::string(bytes, 'x'));
  };
  std::size_t most = room;
  while (with(most).size() > room) --most;
  EXPECT_FALSE(connection.post(with(most + 1)));
  EXPECT_TRUE(connection.post(with(most)));
  EXPECT_EQ(connection.figures().refused, 2U);

  turn_until([&] { return connection.figures().in_flight == 0; });
  EXPECT_EQ(ask(connection, Command("STRLEN").add("k")).integer, static_cast<std::int64_t>(most));
  EXPECT_TRUE(connection.post(large));
}

TEST_P(RedisConnectionTest, takes_commands_up_to_its_bound_of_answers_and_not_one_more) {
  start_redis();
  RedisConnection& connection = connect_and_wait();
  for (std::size_t i = 0; i < limits::kCommandsInFlightMax; ++i) {
    ASSERT_TRUE(connection.post(Command("INCR").add("k")));
  }
  EXPECT_FALSE(connection.post(Command("INCR").add("k")));
  EXPECT_EQ(run(connection.run(echo("x"))).error().kind, ErrorKind::kOverloaded);
  turn_until([&] { return connection.figures().in_flight == 0; });
  EXPECT_EQ(ask(connection, Command("GET").add("k")).text,
            std::to_string(limits::kCommandsInFlightMax));
}

TEST_P(RedisConnectionTest, finds_a_host_by_its_name) {
  const std::string port = std::to_string(free_port());
  start_redis({"--port", port, "--bind", "127.0.0.1"});
  const Result<RedisOptions> chosen = parse_redis_url("redis://localhost:" + port + "/3");
  ASSERT_TRUE(chosen.has_value());
  RedisConnection& connection = connect(*chosen);
  turn_until([&] { return connection.is_available(); });
  ask(connection, Command("SET").add("k").add("v"));
  EXPECT_EQ(redis->ask({"-n", "3", "GET", "k"}), "v");
}

TEST_P(RedisConnectionTest, a_host_that_nobody_knows_is_asked_for_again) {
  start_redis();
  RedisConnection& connection = connect({.host = std::string(300, 'x')});
  turn_until([&] { return connection.figures().connect_failures >= 2; });
  EXPECT_GE(log.count("no address of xxx"), 2);
}

TEST_P(RedisConnectionTest, authenticates_and_chooses_its_database) {
  start_redis({"--requirepass", "s3 cret"});
  RedisOptions chosen = options();
  chosen.password = "s3 cret";
  chosen.database = 5;
  RedisConnection& connection = connect(chosen);
  turn_until([&] { return connection.is_available(); });
  ask(connection, Command("SET").add("k").add("v"));
  EXPECT_EQ(redis->ask({"--no-auth-warning", "-a", "s3 cret", "-n", "5", "GET", "k"}), "v");
}

TEST_P(RedisConnectionTest, authenticates_as_a_user_of_its_own) {
  start_redis();
  EXPECT_EQ(redis->ask({"ACL", "SETUSER", "chat", "on", ">pw", "~*", "&*", "+@all"}), "OK");
  RedisOptions chosen = options();
  chosen.user = "chat";
  chosen.password = "pw";
  RedisConnection& connection = connect(chosen);
  turn_until([&] { return connection.is_available(); });
  EXPECT_EQ(ask(connection, Command("ACL").add("WHOAMI")).text, "chat");
}

TEST_P(RedisConnectionTest, a_wrong_password_is_logged_and_tried_again) {
  start_redis({"--requirepass", "right"});
  RedisOptions chosen = options();
  chosen.password = "wrong";
  RedisConnection& connection = connect(chosen);
  turn_until([&] { return connection.figures().connect_failures >= 3; });
  EXPECT_GE(log.count("redis.connect_failed"), 3);
  EXPECT_GE(log.count("WRONGPASS"), 3);
  EXPECT_EQ(log.count("wrong "), 0) << "the password stays out";
  EXPECT_EQ(
      redis->ask({"--no-auth-warning", "-a", "right", "CONFIG", "SET", "requirepass", "wrong"}),
      "OK");
  turn_until([&] { return connection.is_available(); });
}

TEST_P(RedisConnectionTest, without_a_password_it_says_that_one_is_needed) {
  start_redis({"--requirepass", "right"});
  RedisConnection& connection = connect(options());
  turn_until([&] { return connection.figures().connect_failures >= 1; });
  EXPECT_GE(log.count("NOAUTH"), 1);
  EXPECT_FALSE(connection.is_available());
}

TEST_P(RedisConnectionTest, what_is_in_flight_is_answered_before_it_closes) {
  start_redis();
  RedisConnection connection(*reactor, workers, log, options(), "test");
  connection.open();
  turn_until([&] { return connection.is_available(); });
  std::optional<Answer> answer;
  begin(connection.run(echo("last")), answer);
  run(connection.close());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ((*answer)->text, "last");
  EXPECT_EQ(run(connection.run(echo("x"))).error().kind, ErrorKind::kClosed);
  EXPECT_FALSE(connection.post(echo("x")));
}

TEST_P(RedisConnectionTest, closes_at_any_time_of_its_life) {
  start_redis();
  {
    RedisConnection never_opened(*reactor, workers, log, options(), "test");
    run(never_opened.close());
  }
  for (int turns = 0; turns < 20; ++turns) {
    RedisConnection connection(*reactor, workers, log, options(), "test");
    connection.open();
    for (int i = 0; i < turns; ++i) reactor->run_turn(reactor->now());
    run(connection.close());
  }
  redis->freeze();
  RedisOptions chosen = options();
  chosen.stuck_after = 200ms;
  RedisConnection connection(*reactor, workers, log, chosen, "test");
  connection.open();
  turn_for(10ms);
  run(connection.close());
  redis->thaw();
}

}  // namespace
}  // namespace ringtalk::cache::testing
