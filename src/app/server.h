// Server: all shards, one thread each, and what they share. Built by main from a checked Config, on
// main's thread; lives until every shard has ended.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/auth/password_hasher.h"
#include "app/auth/signing_key.h"
#include "app/config/config.h"
#include "app/prepare_database.h"
#include "app/shard.h"
#include "app/shard_directory.h"
#include "cache/redis_options.h"
#include "reactor/log.h"
#include "reactor/pinned.h"
#include "reactor/signal_watcher.h"
#include "reactor/worker_pool.h"

namespace ringtalk::app {

class Server : reactor::Pinned {
 public:
  /// What main has made of the configuration.
  struct Prepared {
    auth::SigningKey signing_key;
    std::optional<cache::RedisOptions> redis;
  };
  Server(const config::Config& config, Prepared prepared, reactor::Logger& log);
  ~Server();

  /// Serves until SIGTERM or SIGINT (which main has blocked before it made any thread), then
  /// drains. 0, or an exit code of sysexits.h after a sentence in the log: 69 without a database,
  /// 71 without a port or a backend.
  [[nodiscard]] int run();

 private:
  class Start;  // the rendezvous of the shards' threads and main

  void run_shard(std::size_t index, Start& start);
  void wait_for_signal();
  [[nodiscard]] static reactor::Task<void> close_watcher(reactor::SignalWatcher& watcher,
                                                         reactor::Reactor& reactor);
  void drain();
  void shard_quiet();
  static void post(Shard& shard, void (Shard::*step)());

  const config::Config& config_;
  const Prepared prepared_;
  reactor::Logger& log_;
  const auth::PasswordHasher password_hasher_;
  reactor::WorkerPool workers_;
  PreparedDatabase database_;
  ShardDirectory directory_;
  ServerContext context_;
  std::vector<Shard*> shards_;  // each written by its thread before the rendezvous
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> shards_quiet_{0};
};

}  // namespace ringtalk::app
