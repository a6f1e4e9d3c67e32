#include "app/prepare_database.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "app/database_options.h"
#include "app/demo_data.h"
#include "db/cluster_store.h"
#include "db/migrator.h"
#include "db/pool.h"
#include "db/token_store.h"
#include "reactor/backend.h"
#include "reactor/reactor.h"
#include "reactor/signal_watcher.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app {
namespace {

using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

constexpr std::chrono::milliseconds kRetryPause{250};

class Preparation {
 public:
  Preparation(reactor::Reactor& reactor, const config::Config& config,
              const auth::PasswordHasher& password_hasher, reactor::Log& log)
      : reactor_(reactor), config_(config), password_hasher_(password_hasher), log_(log) {}

  Task<void> run(reactor::Deadline give_up) {
    while (true) {
      result_ = co_await attempt();
      const bool is_away = !result_ && result_.error().kind == ErrorKind::kUnavailable;
      if (!is_away || reactor_.now() >= give_up) break;
      log_.warn("database.away", {{"detail", result_.error().detail}});
      co_await reactor_.sleep_for(kRetryPause);
      if (reactor::is_signal_pending({SIGTERM, SIGINT})) {
        result_ = reactor::fail(ErrorKind::kCancelled, "told to stop");
        break;
      }
    }
    reactor_.stop();
  }

  Result<PreparedDatabase> take_result() { return std::move(result_); }

 private:
  Task<Result<PreparedDatabase>> attempt() {
    if (config_.is_migrating) {
      auto migrated = co_await db::migrate(reactor_, log_, database_options(config_));
      if (!migrated) co_return std::unexpected(migrated.error());
    }
    db::Pool pool(reactor_, log_, database_options(config_));
    pool.open();
    auto result = co_await read_and_fill(pool);
    co_await pool.close();
    co_return result;
  }

  Task<Result<PreparedDatabase>> read_and_fill(db::Pool& pool) {
    auto epoch = co_await db::ClusterStore(pool).epoch();
    if (!epoch) co_return std::unexpected(epoch.error());
    const std::int64_t since = reactor_.unix_milliseconds() - config_.jwt_lifetime.count();
    auto voided = co_await db::TokenStore(pool).recently_voided(since);
    if (!voided) co_return std::unexpected(voided.error());
    if (config_.has_demo_data) {
      const auto made = co_await make_demo_data(reactor_, pool, password_hasher_);
      if (!made) co_return std::unexpected(made.error());
    }
    co_return PreparedDatabase{.epoch = std::move(*epoch), .voided_logins = std::move(*voided)};
  }

  reactor::Reactor& reactor_;
  const config::Config& config_;
  const auth::PasswordHasher& password_hasher_;
  reactor::Log& log_;
  Result<PreparedDatabase> result_;
};

}  // namespace

Result<PreparedDatabase> prepare_database(const config::Config& config,
                                          const auth::PasswordHasher& password_hasher,
                                          reactor::Log& log, reactor::Duration patience) {
  auto choice = reactor::make_backend(reactor::BackendKind::kEpoll);
  if (!choice) return std::unexpected(choice.error());
  reactor::SystemClock clock;
  reactor::Reactor reactor(std::move(choice->backend), clock);
  Preparation preparation(reactor, config, password_hasher, log);
  reactor::TaskScope scope;
  scope.spawn(preparation.run(reactor.after(patience)));
  reactor.run();
  return preparation.take_result();
}

}  // namespace ringtalk::app
