// What the tests of cache share: a reactor on either backend, a private Redis for each test, and
// what is there to watch a connection. Test code; one thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cache/redis_connection.h"
#include "cache/redis_options.h"
#include "private_redis.h"
#include "reactor/backend.h"
#include "reactor/log.h"
#include "reactor/reactor.h"
#include "reactor/task_scope.h"
#include "reactor/worker_pool.h"
#include "run_task.h"

namespace ringtalk::cache::testing {

using namespace std::chrono_literals;
using reactor::BackendKind;
using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;
using ringtalk::testing::PrivateRedis;

/// Everything that waits for a real Redis on a busy machine.
inline constexpr auto kPatience = 60s;

/// Remembers the names of events and the text of their details.
class Events final : public reactor::Log {
 public:
  void write(reactor::LogLevel, std::string_view event,
             std::initializer_list<reactor::LogField> fields) override {
    std::string line(event);
    for (const reactor::LogField& field : fields) {
      const auto* text = std::get_if<std::string_view>(&field.value);
      if (text != nullptr) line.append(" ").append(*text);
    }
    lines.push_back(std::move(line));
  }
  [[nodiscard]] bool enabled(reactor::LogLevel) const override { return true; }
  [[nodiscard]] std::ptrdiff_t count(std::string_view words) const {
    return std::ranges::count_if(lines,
                                 [&](const std::string& line) { return line.contains(words); });
  }

  std::vector<std::string> lines;
};

class CacheTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  CacheTest() {
    auto choice = reactor::make_backend(GetParam());
    reactor = std::make_unique<reactor::Reactor>(std::move(choice->backend), clock);
  }
  ~CacheTest() override {
    close_connections();
    test_support::join(*reactor, scope, kPatience);
  }

  void start_redis(std::vector<std::string> settings = {}) {
    redis = std::make_unique<PrivateRedis>(std::move(settings));
    turn_for(1ms);  // the reactor's clock stood still meanwhile
  }
  [[nodiscard]] RedisOptions options() const {
    return {.unix_path = redis->socket_path(), .command_timeout = 10s};
  }
  /// Before what they tell of losses ends.
  void close_connections() {
    for (auto& connection : connections_) run(connection->close());
    connections_.clear();
  }
  /// Opened, and closed with the test.
  RedisConnection& connect(RedisOptions chosen) {
    auto& connection = connections_.emplace_back(
        std::make_unique<RedisConnection>(*reactor, workers, log, std::move(chosen), "test"));
    connection->open();
    return *connection;
  }
  RedisConnection& connect_and_wait() {
    RedisConnection& connection = connect(options());
    turn_until([&] { return connection.is_available(); });
    return connection;
  }

  void turn_until(const std::function<bool()>& is_so) {
    ASSERT_TRUE(test_support::turn_until(*reactor, is_so, kPatience)) << "waited in vain";
  }
  void turn_for(reactor::Duration span) { test_support::turn_for(*reactor, span); }
  template <class T>
  T run(Task<T> task) {
    return test_support::run(*reactor, std::move(task), kPatience);
  }
  template <class T>
  void begin(Task<T> task, std::optional<T>& value) {
    scope.spawn(test_support::keep_value(std::move(task), value));
  }
  /// What Redis answers, which must not be an error.
  Reply ask(RedisConnection& connection, Command command) {
    Result<Reply> reply = run(connection.run(std::move(command)));
    EXPECT_TRUE(reply.has_value());
    if (!reply) return {};
    EXPECT_FALSE(reply->is_error()) << reply->text;
    return std::move(*reply);
  }

  Events log;
  reactor::SystemClock clock;
  std::unique_ptr<reactor::Reactor> reactor;
  reactor::WorkerPool workers{{.threads = 1, .queue_max = 16}};
  reactor::TaskScope scope;
  std::unique_ptr<PrivateRedis> redis;

 private:
  std::vector<std::unique_ptr<RedisConnection>> connections_;
};

inline const auto kBackends = ::testing::Values(BackendKind::kUring, BackendKind::kEpoll);
inline std::string name_of(const ::testing::TestParamInfo<BackendKind>& info) {
  return info.param == BackendKind::kUring ? "io_uring" : "epoll";
}

}  // namespace ringtalk::cache::testing
