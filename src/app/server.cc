#include "app/server.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <utility>

#include "app/auth/secrets.h"
#include "reactor/backend.h"
#include "reactor/signal_watcher.h"

namespace ringtalk::app {
namespace {

constexpr int kExitUnavailable = 69;  // EX_UNAVAILABLE of sysexits.h
constexpr int kExitSystem = 71;       // EX_OSERR

// How long a server that starts waits for a database that is away.
constexpr std::chrono::seconds kDatabasePatience{30};

std::size_t shard_count(const config::Config& config) {
  if (config.shards > 0) return static_cast<std::size_t>(config.shards);
  return std::max(1U, std::thread::hardware_concurrency());
}

std::size_t worker_count(const config::Config& config) {
  if (config.worker_threads > 0) return static_cast<std::size_t>(config.worker_threads);
  return std::max(1U, std::thread::hardware_concurrency());
}

reactor::BackendKind backend_kind(config::BackendChoice choice) {
  switch (choice) {
    case config::BackendChoice::kAuto:
      return reactor::BackendKind::kAuto;
    case config::BackendChoice::kIoUring:
      return reactor::BackendKind::kUring;
    case config::BackendChoice::kEpoll:
      return reactor::BackendKind::kEpoll;
  }
  return reactor::BackendKind::kAuto;
}

chat::InstanceId random_instance_id() {
  return std::bit_cast<chat::InstanceId>(auth::random_bytes<sizeof(chat::InstanceId)>());
}

}  // namespace

// The shards' threads meet here while the server starts: each builds its shard, then they listen
// one after the other (the first may choose the port), then all serve, or none.
class Server::Start {
 public:
  explicit Start(std::size_t shards) : shards_(shards) {}

  void fail(reactor::Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    changed_.notify_all();
  }
  void built() {
    const std::lock_guard lock(mutex_);
    ++built_;
    changed_.notify_all();
  }
  /// The port to listen on, when all are built and it is this shard's turn; nothing after a
  /// failure.
  std::optional<std::uint16_t> await_turn(std::size_t index, std::uint16_t configured) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return error_ || (built_ == shards_ && listening_ == index); });
    if (error_) return std::nullopt;
    return index == 0 ? configured : port_;
  }
  void listens(std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    port_ = port;
    ++listening_;
    changed_.notify_all();
  }
  /// Until all listen, or something has failed.
  reactor::Result<std::uint16_t> await_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return error_ || listening_ == shards_; });
    if (error_) return std::unexpected(*error_);
    return port_;
  }

 private:
  const std::size_t shards_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t built_ = 0;
  std::size_t listening_ = 0;
  std::uint16_t port_ = 0;
  std::optional<reactor::Error> error_;  // the first one
};

Server::Server(const config::Config& config, Prepared prepared, reactor::Logger& log)
    : config_(config),
      prepared_(std::move(prepared)),
      log_(log),
      password_hasher_({.memory_bytes = static_cast<std::size_t>(config.argon2_memory_bytes),
                        .passes = static_cast<std::uint32_t>(config.argon2_passes)}),
      workers_({.threads = worker_count(config),
                .queue_max = static_cast<std::size_t>(config.worker_queue_max)}),
      directory_(shard_count(config)),
      context_{.config = config,
               .epoch = database_.epoch,
               .voided_logins = database_.voided_logins,
               .instance = random_instance_id(),
               .redis = prepared_.redis,
               .signing_key = prepared_.signing_key,
               .password_hasher = password_hasher_,
               .workers = workers_,
               .log = log,
               .directory = directory_,
               .on_shard_quiet = [this] { shard_quiet(); }},
      shards_(directory_.size()) {}

Server::~Server() = default;

int Server::run() {
  const auto is_free = reactor::Listener::check_is_free(
      {.host = config_.host, .port = static_cast<std::uint16_t>(config_.port)});
  if (!is_free) {
    log_.error("server.cannot_start", {{"detail", is_free.error().detail}});
    return kExitSystem;
  }
  auto prepared = prepare_database(config_, password_hasher_, log_, kDatabasePatience);
  if (!prepared && prepared.error().kind == reactor::ErrorKind::kCancelled) {
    log_.info("server.stopped");
    return 0;
  }
  if (!prepared) {
    log_.error("database.unusable", {{"detail", prepared.error().detail}});
    return kExitUnavailable;
  }
  database_ = std::move(*prepared);

  Start start(directory_.size());
  for (std::size_t index = 0; index < directory_.size(); ++index) {
    threads_.emplace_back([this, index, &start] { run_shard(index, start); });
  }
  const auto port = start.await_all();
  if (port) {
    log_.info("server.listening",
              {{"host", config_.host}, {"port", *port}, {"shards", directory_.size()}});
    wait_for_signal();
    drain();
  } else {
    log_.error("server.cannot_start", {{"detail", port.error().detail}});
  }
  for (std::thread& thread : threads_) thread.join();
  log_.info("server.stopped");
  return port ? 0 : kExitSystem;
}

void Server::run_shard(std::size_t index, Start& start) {
  auto choice = reactor::make_backend(backend_kind(config_.backend));
  if (!choice) return start.fail(choice.error());
  if (index == 0) {
    log_.info("server.backend",
              {{"name", choice->backend->name()}, {"why_not_io_uring", choice->why_not_uring}});
  }
  Shard shard(context_, std::move(choice->backend), index);
  shards_[index] = &shard;
  directory_.enter(index, shard.port());
  start.built();
  if (const auto turn = start.await_turn(index, static_cast<std::uint16_t>(config_.port))) {
    const auto port = shard.listen(*turn);
    if (port) {
      start.listens(*port);
    } else {
      start.fail(port.error());
    }
  }
  if (start.await_all()) {
    shard.serve();
  } else {
    shard.end_unserved();
  }
}

// SIGTERM or SIGINT, on a reactor of main's own.
void Server::wait_for_signal() {
  auto choice = reactor::make_backend(reactor::BackendKind::kEpoll);
  RINGTALK_ASSERT(choice.has_value(), "epoll was there for the shards, or for the database");
  reactor::SystemClock clock;
  reactor::Reactor reactor(std::move(choice->backend), clock);
  reactor::TaskScope scope;
  std::optional<reactor::SignalWatcher> watcher;
  watcher.emplace(reactor, std::initializer_list<int>{SIGTERM, SIGINT}, [&](int signal) {
    log_.info("server.draining", {{"signal", signal}});
    scope.spawn(close_watcher(*watcher, reactor));
  });
  RINGTALK_ASSERT(watcher->open().has_value(), "a signalfd could not be made");
  reactor.run();
}

reactor::Task<void> Server::close_watcher(reactor::SignalWatcher& watcher,
                                          reactor::Reactor& reactor) {
  co_await watcher.close();
  reactor.stop();
}

void Server::drain() {
  for (Shard* shard : shards_) post(*shard, &Shard::drain);
}

// The last one to be quiet sends all of them home: until then their letters may still be needed.
void Server::shard_quiet() {
  if (shards_quiet_.fetch_add(1) + 1 < shards_.size()) return;
  for (Shard* shard : shards_) post(*shard, &Shard::finish);
}

void Server::post(Shard& shard, void (Shard::*step)()) {
  shard.port().reactor->mailbox().post_answer([&shard, step] { (shard.*step)(); });
}

}  // namespace ringtalk::app
