// The database path alone: the group commit of src/db over N connections, without sockets, sessions
// or fan-out. Prints one line of JSON. bench/e2e/database.py prepares the database and compares
// with pgbench and COPY on the same PostgreSQL.
//
//   database_path --database-url URL --migrate          brings a new database to the schema
//   database_path --database-url URL [--connections 1] [--batch 64] [--conversations 10000] …
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "committing.h"
#include "db/migrator.h"
#include "reactor/backend.h"
#include "reactor/log.h"
#include "reactor/task_scope.h"

namespace ringtalk::bench {
namespace {

reactor::Duration of_seconds(double seconds) {
  return std::chrono::duration_cast<reactor::Duration>(std::chrono::duration<double>(seconds));
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// All connections of a run, each a pool of its own, as each shard of the server has one.
class Run : reactor::Pinned {
 public:
  Run(reactor::Reactor& reactor, reactor::Log& log, const db::PgOptions& options, const Plan& plan)
      : reactor_(reactor), plan_(plan) {
    for (int i = 0; i < plan.connections; ++i) {
      pools_.push_back(std::make_unique<db::Pool>(reactor, log, options));
      committing_.push_back(
          std::make_unique<Committing>(*pools_.back(), plan, static_cast<std::uint64_t>(i) + 1));
    }
  }

  reactor::Task<void> run() {
    for (auto& pool : pools_) pool->open();
    const reactor::TimePoint from =
        std::chrono::steady_clock::now() + of_seconds(plan_.warm_up_seconds);
    const Span counted{.from = from, .to = from + of_seconds(plan_.seconds)};
    reactor::TaskScope scope;
    for (auto& one : committing_) scope.spawn(commit_with(*one, counted));
    co_await scope.join();
    for (auto& pool : pools_) co_await pool->close();
    reactor_.stop();
  }

  [[nodiscard]] const std::optional<reactor::Error>& error() const { return error_; }

  [[nodiscard]] std::string report() const {
    Tally sum;
    for (const auto& one : committing_) {
      sum.messages += one->tally().messages;
      const auto& times = one->tally().batch_microseconds;
      sum.batch_microseconds.insert(sum.batch_microseconds.end(), times.begin(), times.end());
    }
    std::ranges::sort(sum.batch_microseconds);
    const auto at = [&](std::size_t percent) {
      const auto& times = sum.batch_microseconds;
      return times.empty() ? 0 : times[(times.size() - 1) * percent / 100];
    };
    return fmt::format(
        R"({{"messages":{},"messagesPerSecond":{:.0f},"batchMicroseconds":{{"p50":{},"p99":{}}},)"
        R"("clientCpuSeconds":{:.3f}}})",
        sum.messages, static_cast<double>(sum.messages) / plan_.seconds, at(50), at(99),
        cpu_seconds());
  }

 private:
  reactor::Task<void> commit_with(Committing& one, Span counted) {
    const auto outcome = co_await one.run(counted);
    if (!outcome) error_ = outcome.error();
  }

  reactor::Reactor& reactor_;
  const Plan& plan_;
  std::vector<std::unique_ptr<db::Pool>> pools_;
  std::vector<std::unique_ptr<Committing>> committing_;
  std::optional<reactor::Error> error_;
};

reactor::Task<void> migrate(reactor::Reactor& reactor, reactor::Log& log, db::PgOptions options,
                            std::optional<reactor::Error>& error) {
  const auto outcome = co_await db::migrate(reactor, log, std::move(options));
  if (!outcome) error = outcome.error();
  reactor.stop();
}

int fail(const reactor::Error& error) {
  fmt::print(stderr, "database_path: {}\n", error.detail);
  return 1;
}

int measure_or_migrate(const db::PgOptions& options, const Plan& plan, bool is_migrating) {
  reactor::Logger log({.level = reactor::LogLevel::kWarn, .descriptor = 2});
  auto choice = reactor::make_backend(reactor::BackendKind::kEpoll);
  if (!choice) return fail(choice.error());
  reactor::SystemClock clock;
  reactor::Reactor reactor(std::move(choice->backend), clock);
  reactor::TaskScope scope;
  if (is_migrating) {
    std::optional<reactor::Error> error;
    scope.spawn(migrate(reactor, log, options, error));
    reactor.run();
    return error ? fail(*error) : 0;
  }
  Run run(reactor, log, options, plan);
  scope.spawn(run.run());
  reactor.run();
  if (run.error()) return fail(*run.error());
  fmt::print("{}\n", run.report());
  return 0;
}

}  // namespace
}  // namespace ringtalk::bench

int main(int argc, char** argv) {
  using namespace ringtalk;
  CLI::App app("The group commit alone, against a PostgreSQL that is there.");
  db::PgOptions options;
  bench::Plan plan;
  bool is_migrating = false;
  app.add_option("--database-url", options.url, "as the server's option")->required();
  app.add_flag("--migrate", is_migrating, "only bring the database to the schema");
  app.add_option("--connections", plan.connections)->check(CLI::Range(1, 64));
  app.add_option("--batch", plan.batch)
      ->check(CLI::Range(1, static_cast<int>(db::kCommitBatchMax)));
  app.add_option("--conversations", plan.conversations)->check(CLI::Range(1, 10'000'000));
  app.add_option("--body-bytes", plan.body_bytes)->check(CLI::Range(1, 4096));
  app.add_option("--warm-up", plan.warm_up_seconds, "seconds")->check(CLI::Range(0.0, 600.0));
  app.add_option("--seconds", plan.seconds)->check(CLI::Range(0.1, 3600.0));
  CLI11_PARSE(app, argc, argv);
  return bench::measure_or_migrate(options, plan, is_migrating);
}
