// What the integration tests of db share: one PostgreSQL and one migrated database for the
// program, empty tables and a reactor for each test. Test code; one thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "db/answer.h"
#include "db/pg_conversation_store.h"
#include "db/pg_mark_store.h"
#include "db/pg_message_store.h"
#include "db/pg_user_store.h"
#include "db/pool.h"
#include "private_postgres.h"
#include "reactor/reactor.h"
#include "reactor/task_scope.h"

namespace ringtalk::db::testing {

using namespace std::chrono_literals;
using ringtalk::testing::PrivatePostgres;

/// One for the whole program; a test that stops it starts it again.
PrivatePostgres& postgres();

/// Remembers the names of events.
class EventNames final : public reactor::Log {
 public:
  void write(reactor::LogLevel level, std::string_view event,
             std::initializer_list<reactor::LogField> fields) override;
  [[nodiscard]] bool enabled(reactor::LogLevel) const override { return true; }
  [[nodiscard]] std::size_t count(std::string_view event) const;

 private:
  std::vector<std::string> names_;
};

/// A reactor of the test, turned by hand.
class ReactorTest : public ::testing::Test {
 protected:
  explicit ReactorTest(reactor::BackendKind kind = reactor::BackendKind::kEpoll);

  /// Turns until it is so, 30 s at the most.
  void turn_until(const std::function<bool()>& condition);
  void turn_for(std::chrono::milliseconds span);

  /// Runs a task to its end.
  template <class T>
  T finish(reactor::Task<T> task) {
    std::optional<T> value;
    scope.spawn(keep(std::move(task), value));
    turn_until([&] { return value.has_value(); });
    return std::move(*value);
  }
  void finish(reactor::Task<void> task) {
    bool ended = false;
    scope.spawn(mark(std::move(task), ended));
    turn_until([&] { return ended; });
  }
  /// Begins a task; `value` tells when it has ended.
  template <class T>
  void begin(reactor::Task<T> task, std::optional<T>& value) {
    scope.spawn(keep(std::move(task), value));
  }
  /// The value of an answer that must not fail.
  template <class T>
  T get(Answer<T> answer) {
    reactor::Result<T> result = finish(std::move(answer));
    if (!result) throw std::runtime_error(result.error().code + " " + result.error().detail);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }

  EventNames log;
  reactor::SystemClock clock;
  std::unique_ptr<reactor::Reactor> reactor;
  reactor::TaskScope scope;

 private:
  template <class T>
  static reactor::Task<void> keep(reactor::Task<T> task, std::optional<T>& value) {
    value.emplace(co_await std::move(task));
  }
  static reactor::Task<void> mark(reactor::Task<void> task, bool& ended) {
    co_await std::move(task);
    ended = true;
  }
};

PgOptions options_for(const std::string& database);

/// The schema with empty tables, and an open pool to it.
class StoreTest : public ReactorTest {
 protected:
  StoreTest();
  ~StoreTest() override;

  /// Users 1 to `count`, named user1, user2, ….
  void add_users(std::int64_t count);
  /// A group 100 of users 1, 2 and 3 (who exist), made by user 1.
  void add_group();
  /// Stores one message; its seq.
  std::int64_t send(std::int64_t conversation_id, std::int64_t sender_id, std::string body);
  std::vector<std::string> query(const std::string& sql) { return postgres().query(database, sql); }

  std::string database;
  Pool pool;
  PgUserStore users{pool};
  PgConversationStore conversations{pool};
  PgMessageStore messages{pool};
  PgMarkStore marks{pool};
};

/// A client id of its own for each number.
Uuid uuid_of(std::uint64_t number);

inline constexpr std::int64_t kSomeTime = 1'795'000'000'123;  // Unix milliseconds
inline constexpr std::int64_t kGroup = 100;

}  // namespace ringtalk::db::testing
