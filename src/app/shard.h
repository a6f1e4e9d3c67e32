// Shard: one thread with all it owns. Its members, in their order, are the map of the program:
// backend → reactor → database → stores → Redis → hub, routes, fan-out, committer → HTTP →
// listener. Made, run and destroyed on its own thread by the Server; reached from elsewhere by
// letters alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "app/auth/authenticator.h"
#include "app/auth/password_hasher.h"
#include "app/auth/revoked_logins.h"
#include "app/auth/signing_key.h"
#include "app/chat/bus_link.h"
#include "app/chat/cached_message_store.h"
#include "app/chat/departures_watch.h"
#include "app/chat/fan_out.h"
#include "app/chat/head_watch.h"
#include "app/chat/hub.h"
#include "app/chat/membership_watch.h"
#include "app/chat/message_committer.h"
#include "app/chat/message_sender.h"
#include "app/chat/presence_rooms.h"
#include "app/chat/receipts.h"
#include "app/chat/routes.h"
#include "app/chat/session_table.h"
#include "app/chat/tails.h"
#include "app/client_connection.h"
#include "app/config/config.h"
#include "app/metrics.h"
#include "app/rate_limiter.h"
#include "app/rest/api.h"
#include "app/rest/voided_logins_watch.h"
#include "app/shard_directory.h"
#include "cache/rate_counters.h"
#include "cache/redis_bus.h"
#include "cache/redis_connection.h"
#include "cache/redis_options.h"
#include "cache/redis_presence_store.h"
#include "cache/tail_cache.h"
#include "db/pg_conversation_store.h"
#include "db/pg_last_seen_store.h"
#include "db/pg_mark_store.h"
#include "db/pg_message_store.h"
#include "db/pg_user_store.h"
#include "db/pool.h"
#include "db/token_store.h"
#include "http/date_text.h"
#include "reactor/backend.h"
#include "reactor/listener.h"
#include "reactor/log.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "reactor/worker_pool.h"

namespace ringtalk::app {

/// What all shards share: constant, or safe to share.
struct ServerContext {
  const config::Config& config;
  const std::string& epoch;
  const std::vector<std::int64_t>& voided_logins;  // before the start; see VoidedLoginsWatch
  chat::InstanceId instance = 0;
  const std::optional<cache::RedisOptions>& redis;  // nothing: this instance is alone
  const auth::SigningKey& signing_key;
  const auth::PasswordHasher& password_hasher;
  reactor::WorkerPool& workers;
  reactor::Logger& log;
  ShardDirectory& directory;
  std::function<void()> on_shard_quiet;  // any shard's thread: its clients are gone
};

class Shard final : reactor::Pinned, reactor::Listener::Acceptor {
 public:
  /// `index`: its place in the directory. The first one asks the database what happened elsewhere:
  /// which logins were voided, who is no longer a member.
  Shard(const ServerContext& context, std::unique_ptr<reactor::Backend> backend, std::size_t index);
  ~Shard();

  [[nodiscard]] ShardPort port();
  [[nodiscard]] reactor::Result<std::uint16_t> listen(std::uint16_t port);

  /// When all shards are there: turns until finish() has run its course.
  void serve();
  /// In its place, when one of them could not start (this one's listener may be open).
  void end_unserved();

  // By letter, in this order:
  /// Refuses new connections, finishes what was accepted, then tells on_shard_quiet.
  void drain();
  /// When all shards are quiet: gives everything back and ends run().
  void finish();

 private:
  void accepted(int descriptor) override;
  [[nodiscard]] reactor::Task<void> serve(int descriptor);
  [[nodiscard]] reactor::Task<void> drain_story();
  [[nodiscard]] reactor::Task<void> finish_story();
  [[nodiscard]] reactor::Task<void> unserved_story();
  void watch_other_instances(std::size_t index);
  [[nodiscard]] chat::PresenceRooms::Environment presence_environment(std::size_t index);
  [[nodiscard]] rest::Services services();
  [[nodiscard]] ClientConnection::Environment client_environment();

  struct Redis {
    Redis(reactor::Reactor& reactor, const ServerContext& context);
    cache::RedisConnection commands;
    cache::RedisBus bus;
    cache::TailCache tails;
    cache::RateCounters rates;
    cache::RedisPresenceStore presence;
  };

  class DrainTimer final : public reactor::Timer {
   public:
    explicit DrainTimer(Shard& shard) : shard_(shard) {}

   private:
    void expired() override;
    Shard& shard_;
  };

  const ServerContext& context_;
  reactor::SystemClock clock_;
  reactor::Reactor reactor_;
  Metrics metrics_;
  protocol::JsonReader json_reader_;

  db::Pool pool_;
  db::PgUserStore users_;
  db::TokenStore tokens_;
  db::PgConversationStore conversations_;
  db::PgMessageStore messages_;
  db::PgMarkStore marks_;
  db::PgLastSeenStore last_seen_;

  std::unique_ptr<Redis> redis_;  // null: this instance is alone
  chat::BusLink bus_link_;
  chat::Tails tails_;
  chat::CachedMessageStore cached_messages_;

  chat::SessionTable sessions_;
  chat::Hub hub_;
  chat::Routes routes_;
  chat::FanOut fan_out_;
  chat::Receipts receipts_;
  chat::MessageCommitter committer_;
  chat::MessageSender sender_;
  chat::HeadWatch head_watch_;
  chat::MembershipWatch membership_watch_;
  chat::PresenceRooms presence_;

  auth::RevokedLogins revoked_logins_;
  auth::JwtCodec jwt_;
  auth::Authenticator authenticator_;
  RateLimiter rate_limiter_;
  std::optional<rest::VoidedLoginsWatch> voided_logins_;  // of the first shard
  std::optional<chat::DeparturesWatch> departures_;       // likewise

  rest::Api api_;
  http::DateText date_;
  const ClientConnection::Environment client_environment_;
  reactor::Listener listener_;

  std::vector<ClientConnection*> clients_;
  bool is_draining_ = false;
  DrainTimer drain_timer_;
  std::minstd_rand random_;
  reactor::TaskScope client_scope_;
  reactor::TaskScope peer_scope_;  // what other shards asked for
  reactor::TaskScope life_;
};

}  // namespace ringtalk::app
