#include "db/pg_connection.h"

#include <signal.h>

#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using reactor::BackendKind;
using reactor::ErrorKind;
using reactor::Result;
using Results = Result<std::vector<PgResult>>;

constexpr Statement kEcho{"echo", "SELECT $1 + 1"};
constexpr Statement kDivide{"divide", "SELECT 10 / $1"};
constexpr Statement kSleep{"sleep", "SELECT pg_sleep($1::text::float8)"};
constexpr Statement kPid{"pid", "SELECT pg_backend_pid()"};
constexpr Statement kInsert{"insert", "INSERT INTO numbers VALUES ($1)"};
constexpr Statement kInsertLate{"insert_late", "INSERT INTO numbers VALUES ($1 + 1000)"};
constexpr Statement kCountPlans{
    "count_plans", "SELECT generic_plans FROM pg_prepared_statements WHERE name = 'echo'"};

std::string shared_database() {
  static const std::string name = postgres().create_database();
  return name;
}

class PgConnectionTest : public ReactorTest, public ::testing::WithParamInterface<BackendKind> {
 protected:
  PgConnectionTest() : ReactorTest(GetParam()), database(shared_database()) {
    postgres().query(database,
                     "DROP TABLE IF EXISTS numbers, parents, made_later;"
                     "CREATE TABLE numbers (n bigint)");
  }
  ~PgConnectionTest() override {
    if (connection) finish(connection->close());
  }

  void connect(PgOptions options) {
    connection = std::make_unique<PgConnection>(*reactor, log, std::move(options), "test");
    connection->open();
  }
  void connect() { connect(options_for(database)); }

  RINGTALK_COROUTINE_WRAPPER Answer<std::vector<PgResult>> echo(std::int64_t number) {
    return connection->run(Segment(kEcho, PgParameters().int8(number)));
  }
  RINGTALK_COROUTINE_WRAPPER Answer<std::vector<PgResult>> sleep(std::string_view seconds,
                                                                 reactor::Duration timeout) {
    return connection->run(Segment(kSleep, PgParameters().text(seconds)), reactor->after(timeout));
  }

  std::string database;
  std::unique_ptr<PgConnection> connection;
};
INSTANTIATE_TEST_SUITE_P(All, PgConnectionTest,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll),
                         [](const auto& chosen) {
                           return chosen.param == BackendKind::kUring ? "io_uring" : "epoll";
                         });

TEST_P(PgConnectionTest, a_query_waits_for_the_first_connection) {
  connect();
  EXPECT_FALSE(connection->is_available());
  const auto results = get(echo(41));
  EXPECT_EQ(results.at(0).int8({0, 0}), 42);
  EXPECT_TRUE(connection->is_available());
}

TEST_P(PgConnectionTest, answers_a_thousand_segments_in_flight_each_with_its_own) {
  connect();
  get(echo(0));
  std::vector<std::optional<Results>> outcomes(1'000);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    begin(echo(static_cast<std::int64_t>(i)), outcomes[i]);
  }
  EXPECT_EQ(connection->figures().in_flight, 1'000U);
  turn_until([&] { return outcomes.back().has_value(); });
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    ASSERT_TRUE(outcomes[i] && outcomes[i]->has_value());
    EXPECT_EQ((**outcomes[i])[0].int8({0, 0}), static_cast<std::int64_t>(i) + 1);
  }
  EXPECT_EQ(connection->figures().in_flight, 0U);
}

constexpr Statement kText{"text", "SELECT $1"};

TEST_P(PgConnectionTest, sends_on_what_did_not_fit_the_socket_while_nothing_comes_back) {
  PgOptions options = options_for(database);
  options.stuck_after = 10min;  // it does not wake by itself to see that there is more to send
  connect(options);
  get(connection->run(Segment(kText, PgParameters().text("prepared"))));
  const std::string large(8'000'000, 'x');
  EXPECT_EQ(get(connection->run(Segment(kText, PgParameters().text(large))))[0].text({0, 0}),
            large);
}

TEST_P(PgConnectionTest, megabytes_go_out_while_megabytes_come_in) {
  connect();
  const std::string large(3'000'000, 'x');
  std::vector<std::optional<Results>> outcomes(8);
  for (auto& outcome : outcomes) {
    begin(connection->run(Segment(kText, PgParameters().text(large))), outcome);
  }
  turn_until([&] { return outcomes.back().has_value(); });
  for (auto& outcome : outcomes) {
    ASSERT_TRUE(outcome->has_value());
    EXPECT_EQ((**outcome)[0].text({0, 0}), large);
  }
}

TEST_P(PgConnectionTest, refuses_past_the_bound_and_takes_what_is_at_the_bound) {
  PgOptions options = options_for(database);
  options.in_flight_max = 8;
  connect(options);
  std::vector<std::optional<Results>> outcomes(9);
  for (auto& outcome : outcomes) begin(echo(1), outcome);
  ASSERT_TRUE(outcomes[8].has_value());
  EXPECT_EQ(outcomes[8]->error().kind, ErrorKind::kOverloaded);
  turn_until([&] { return outcomes[7].has_value(); });
  EXPECT_TRUE(outcomes[7]->has_value());
}

TEST_P(PgConnectionTest, a_failing_segment_does_not_hurt_its_neighbours) {
  connect();
  std::vector<std::optional<Results>> outcomes(5);
  begin(echo(1), outcomes[0]);
  // The first of three statements fails, and the next ones meet their first use in it.
  begin(connection->run(Segment(kDivide, PgParameters().int8(0))
                            .add(kInsert, PgParameters().int8(1))
                            .add(kInsertLate, PgParameters().int8(1))),
        outcomes[1]);
  begin(connection->run(Segment(kInsertLate, PgParameters().int8(2))), outcomes[2]);
  begin(connection->run(Segment(kDivide, PgParameters().int8(5))), outcomes[3]);
  begin(echo(2), outcomes[4]);
  turn_until([&] { return outcomes[4].has_value(); });

  EXPECT_EQ((**outcomes[0])[0].int8({0, 0}), 2);
  ASSERT_FALSE(outcomes[1]->has_value());
  EXPECT_EQ(outcomes[1]->error().code, "22012");
  EXPECT_EQ(outcomes[1]->error().kind, ErrorKind::kInvalid);
  EXPECT_TRUE(outcomes[2]->has_value());
  EXPECT_EQ((**outcomes[3])[0].int8({0, 0}), 2);
  EXPECT_EQ((**outcomes[4])[0].int8({0, 0}), 3);
  EXPECT_EQ(postgres().query(database, "SELECT n FROM numbers"), std::vector<std::string>{"1002"});
}

TEST_P(PgConnectionTest, an_error_at_the_commit_fails_the_segment) {
  postgres().query(database,
                   "CREATE TABLE parents (id bigint PRIMARY KEY);"
                   "ALTER TABLE numbers ADD FOREIGN KEY (n) REFERENCES parents"
                   " DEFERRABLE INITIALLY DEFERRED");
  connect();
  const Results outcome = finish(connection->run(Segment(kInsert, PgParameters().int8(7))));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, "23503");
}

TEST_P(PgConnectionTest, a_statement_that_cannot_be_prepared_is_tried_again_later) {
  constexpr Statement kLater{"later", "SELECT count(*) FROM made_later"};
  connect();
  EXPECT_FALSE(finish(connection->run(Segment(kLater))).has_value());
  EXPECT_EQ(log.count("db.prepare_failed"), 1U);
  postgres().query(database, "CREATE TABLE made_later ()");
  EXPECT_EQ(get(connection->run(Segment(kLater)))[0].int8({0, 0}), 0);
}

TEST_P(PgConnectionTest, a_deadline_frees_the_caller_and_keeps_the_order_of_the_others) {
  connect();
  get(echo(0));
  std::optional<Results> late;
  std::optional<Results> after;
  begin(sleep("0.3", 50ms), late);
  begin(echo(7), after);
  turn_until([&] { return late.has_value(); });
  EXPECT_EQ(late->error().kind, ErrorKind::kTimedOut);
  EXPECT_FALSE(after.has_value());
  turn_until([&] { return after.has_value(); });
  EXPECT_EQ((**after)[0].int8({0, 0}), 8);
  EXPECT_EQ(connection->figures().timed_out, 1U);
}

TEST_P(PgConnectionTest, the_servers_own_limit_answers_with_its_code) {
  PgOptions options = options_for(database);
  options.statement_timeout = 50ms;
  connect(options);
  const Results outcome = finish(sleep("5", 10s));
  EXPECT_EQ(outcome.error().code, "57014");
  EXPECT_EQ(outcome.error().kind, ErrorKind::kTimedOut);
}

TEST_P(PgConnectionTest, a_stuck_connection_is_thrown_away_and_made_anew) {
  PgOptions options = options_for(database);
  options.stuck_after = 200ms;
  connect(options);
  const pid_t backend = get(connection->run(Segment(kPid)))[0].int4({0, 0});
  ::kill(backend, SIGSTOP);
  const Results outcome = finish(echo(1));
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable);
  turn_until([&] { return connection->is_available(); });
  EXPECT_EQ(get(echo(1))[0].int8({0, 0}), 2);
  ::kill(backend, SIGCONT);
}

TEST_P(PgConnectionTest, discarded_plans_keep_the_prepared_statements) {
  connect();
  get(echo(1));
  get(echo(1));
  const auto before = get(connection->run(Segment(kCountPlans)))[0].int8({0, 0});
  connection->discard_plans();
  EXPECT_EQ(get(echo(1))[0].int8({0, 0}), 2);
  EXPECT_GT(get(connection->run(Segment(kCountPlans)))[0].int8({0, 0}), before);
}

TEST_P(PgConnectionTest, sets_the_session_up) {
  constexpr Statement kSetting{"setting", "SELECT current_setting($1)"};
  PgOptions options = options_for(database);
  options.lock_timeout = 1'234ms;
  connect(options);
  const auto setting = [&](std::string_view name) {
    return std::string(
        get(connection->run(Segment(kSetting, PgParameters().text(name))))[0].text({0, 0}));
  };
  EXPECT_EQ(setting("enable_seqscan"), "off");
  EXPECT_EQ(setting("plan_cache_mode"), "force_generic_plan");
  EXPECT_EQ(setting("TimeZone"), "UTC");
  EXPECT_EQ(setting("lock_timeout"), "1234ms");
  EXPECT_EQ(setting("statement_timeout"), "4s");
  EXPECT_EQ(setting("application_name"), "ringtalk");
}

TEST_P(PgConnectionTest, close_waits_for_what_is_in_flight_and_refuses_the_rest) {
  connect();
  get(echo(0));
  std::optional<Results> in_flight;
  begin(sleep("0.1", 10s), in_flight);
  finish(connection->close());
  turn_until([&] { return in_flight.has_value(); });
  EXPECT_TRUE(in_flight->has_value());
  EXPECT_EQ(finish(echo(1)).error().kind, ErrorKind::kClosed);
  connection.reset();
}

TEST_P(PgConnectionTest, without_a_server_queries_fail_at_once_after_the_first_attempt) {
  PgOptions options = options_for(database);
  options.url = "host=/nonexistent dbname=x";
  connect(options);
  EXPECT_EQ(finish(echo(1)).error().kind, ErrorKind::kUnavailable);
  std::optional<Results> second;
  begin(echo(1), second);
  turn_until([&] { return second.has_value(); });
  EXPECT_EQ(second->error().kind, ErrorKind::kUnavailable);
  turn_until([&] { return connection->figures().connect_failures >= 3; });
  EXPECT_FALSE(connection->is_available());
}

TEST_P(PgConnectionTest, a_thrown_out_session_fails_what_is_in_flight_and_connects_again) {
  connect();
  const pid_t backend = get(connection->run(Segment(kPid)))[0].int4({0, 0});
  std::optional<Results> first;
  std::optional<Results> second;
  begin(sleep("10", 20s), first);
  begin(echo(1), second);
  turn_for(20ms);
  postgres().query("postgres", "SELECT pg_terminate_backend(" + std::to_string(backend) + ")");
  turn_until([&] { return first && second; });
  EXPECT_EQ(first->error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(second->error().kind, ErrorKind::kUnavailable);
  turn_until([&] { return connection->is_available(); });
  EXPECT_EQ(get(echo(1))[0].int8({0, 0}), 2);
  EXPECT_EQ(log.count("db.lost"), 1U);
}

TEST_P(PgConnectionTest, survives_a_crash_and_a_restart_of_the_server) {
  connect();
  get(echo(1));
  for (const bool orderly : {false, true}) {
    std::optional<Results> in_flight;
    begin(sleep("10", 20s), in_flight);
    turn_for(20ms);
    orderly ? postgres().stop() : postgres().crash();
    turn_until([&] { return in_flight.has_value(); });
    EXPECT_EQ(in_flight->error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(finish(echo(1)).error().kind, ErrorKind::kUnavailable);
    postgres().start();
    turn_until([&] { return connection->is_available(); });
    EXPECT_EQ(get(echo(2))[0].int8({0, 0}), 3);
  }
  EXPECT_EQ(connection->figures().losses, 2U);
}

}  // namespace
}  // namespace ringtalk::db::testing
