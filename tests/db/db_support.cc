#include "db_support.h"

#include <algorithm>
#include <cstdlib>

#include "db/migrator.h"
#include "reactor/backend.h"

namespace ringtalk::db::testing {
namespace {

// Made once; each test begins with empty tables.
std::string migrated_database() {
  static const std::string name = [] {
    const std::string fresh = postgres().create_database();
    reactor::SystemClock clock;
    auto choice = reactor::make_backend(reactor::BackendKind::kEpoll);
    reactor::Reactor reactor(std::move(choice->backend), clock);
    EventNames log;
    reactor::TaskScope scope;
    reactor::Result<> outcome;
    const auto run = [](reactor::Reactor& loop, reactor::Log& events, PgOptions options,
                        reactor::Result<>& result) -> reactor::Task<void> {
      result = co_await migrate(loop, events, std::move(options));
      loop.stop();
    };
    scope.spawn(run(reactor, log, options_for(fresh), outcome));
    reactor.run();
    if (!outcome) {
      ADD_FAILURE() << outcome.error().detail;
      std::abort();
    }
    return fresh;
  }();
  return name;
}

}  // namespace

PrivatePostgres& postgres() {
  static PrivatePostgres instance;
  return instance;
}

void EventNames::write(reactor::LogLevel, std::string_view event,
                       std::initializer_list<reactor::LogField> fields) {
  names_.emplace_back(event);
  if (std::getenv("RINGTALK_TEST_LOG") == nullptr) return;
  std::string line(event);
  for (const reactor::LogField& field : fields) {
    const auto* text = std::get_if<std::string_view>(&field.value);
    if (text != nullptr) line.append(" ").append(field.name).append("=").append(*text);
  }
  std::fprintf(stderr, "%s\n", line.c_str());
}

std::size_t EventNames::count(std::string_view event) const {
  return static_cast<std::size_t>(std::ranges::count(names_, event));
}

ReactorTest::ReactorTest(reactor::BackendKind kind) {
  postgres();
  auto choice = reactor::make_backend(kind);
  if (!choice) throw std::runtime_error(choice.error().detail);
  reactor = std::make_unique<reactor::Reactor>(std::move(choice->backend), clock);
}

void ReactorTest::turn_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) {
      std::fprintf(stderr, "waited for 30 s in vain\n");
      std::abort();
    }
    reactor->run_turn(reactor->now() + 20ms);
  }
}

void ReactorTest::turn_for(std::chrono::milliseconds span) {
  const auto end = std::chrono::steady_clock::now() + span;
  turn_until([&] { return std::chrono::steady_clock::now() >= end; });
}

PgOptions options_for(const std::string& database) {
  return {.url = postgres().url(database), .query_timeout = 10s};
}

StoreTest::StoreTest() : database(migrated_database()), pool(*reactor, log, options_for(database)) {
  query(
      "TRUNCATE users, refresh_tokens, conversations, members, direct_conversations, events,"
      " departures");
  turn_for(1ms);  // the reactor's clock stood still while the first test made the cluster
  pool.open();
}

StoreTest::~StoreTest() {
  finish(pool.close());
}

void StoreTest::add_users(std::int64_t count) {
  for (std::int64_t id = 1; id <= count; ++id) {
    const std::string name = "user" + std::to_string(id);
    const auto outcome = get(users.create({.id = id,
                                           .name = name,
                                           .email = name + "@Example.org",
                                           .email_folded = name + "@example.org",
                                           .password_hash = "hash",
                                           .created_at_ms = kSomeTime}));
    ASSERT_EQ(outcome, CreateUserOutcome::kCreated);
  }
}

void StoreTest::add_group() {
  const CreateResult made = get(conversations.create_group({.id = kGroup,
                                                            .name = "group",
                                                            .creator_id = 1,
                                                            .member_ids = {2, 3},
                                                            .created_at_ms = kSomeTime}));
  ASSERT_EQ(made.outcome, CreateResult::Outcome::kCreated);
}

std::int64_t StoreTest::send(std::int64_t conversation_id, std::int64_t sender_id,
                             std::string body) {
  static std::uint64_t sent = 0;
  std::vector<Draft> drafts;
  drafts.push_back({.conversation_id = conversation_id,
                    .sender_id = sender_id,
                    .client_id = uuid_of(1'000'000 + ++sent),
                    .body = std::move(body)});
  const auto results = get(messages.commit(std::move(drafts)));
  EXPECT_EQ(results[0].outcome, CommitResult::Outcome::kStored);
  return results[0].seq;
}

Uuid uuid_of(std::uint64_t number) {
  Uuid uuid{};
  for (std::size_t i = 0; i < 8; ++i) uuid[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return uuid;
}

}  // namespace ringtalk::db::testing
