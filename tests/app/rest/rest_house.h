// RestHouse: one shard with all that REST needs, but without sockets and without a database (it is
// away from the beginning): what can be tested bare. Test code; one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/auth/revoked_logins.h"
#include "app/chat/cached_message_store.h"
#include "app/chat/hub.h"
#include "app/chat/message_committer.h"
#include "app/chat/presence_rooms.h"
#include "app/chat/routes.h"
#include "app/chat/session_table.h"
#include "app/rest/api.h"
#include "db/pg_conversation_store.h"
#include "db/pg_last_seen_store.h"
#include "db/pg_mark_store.h"
#include "db/pg_message_store.h"
#include "db/pg_user_store.h"
#include "reactor/sim_backend.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::rest::testing {

/// Keeps what was written, as "level event name=value …".
class MemoryLog final : public reactor::Log {
 public:
  void write(reactor::LogLevel level, std::string_view event,
             std::initializer_list<reactor::LogField> fields) override;
  [[nodiscard]] bool enabled(reactor::LogLevel) const override { return true; }

  std::vector<std::string> lines;
};

struct Sent {
  http::Method method = http::Method::kGet;
  std::string target;  // path and query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

class RestHouse {
 public:
  explicit RestHouse(RateLimiter::Switch rate_limits = RateLimiter::Switch::kOff);
  ~RestHouse();

  [[nodiscard]] http::Request request_of(const Sent& sent) const;
  /// Turns until the answer is there.
  [[nodiscard]] http::Response answer(const Sent& sent);
  /// "Bearer …" of user 11, login 22, good for ten minutes.
  [[nodiscard]] std::string bearer();
  [[nodiscard]] std::string expired_bearer();
  void run(reactor::Task<void> task);

  reactor::SimClock clock;
  reactor::Reactor reactor{std::make_unique<reactor::SimBackend>(clock), clock};
  MemoryLog log;
  reactor::TaskScope scope;
  ShardDirectory directory{1};
  Metrics metrics;
  protocol::JsonReader json_reader;

  db::Pool pool{reactor, log, {}};
  db::PgUserStore users{pool};
  db::TokenStore tokens{pool};
  db::PgConversationStore conversations{pool};
  db::PgMessageStore messages{pool};
  db::PgMarkStore marks{pool};

  chat::SessionTable sessions;
  chat::Hub hub{{.reactor = reactor, .sessions = sessions, .directory = directory}};
  chat::BusLink bus_link{{.json_reader = json_reader}};
  chat::CachedMessageStore cached_messages{
      {.reactor = reactor, .directory = directory, .store = messages}};
  chat::Tails tails{{.reactor = reactor, .store = messages}};
  chat::Routes routes{{.directory = directory, .link = bus_link, .tails = tails}};
  chat::FanOut fan_out{directory, 0};
  chat::Receipts receipts{
      {.reactor = reactor, .directory = directory, .store = marks, .fan_out = fan_out}};
  chat::MessageCommitter committer{reactor, messages, fan_out, receipts};
  chat::MessageSender sender{reactor, directory, metrics};
  db::PgLastSeenStore last_seen{pool};
  chat::PresenceRooms presence{
      {.reactor = reactor, .directory = directory, .link = bus_link, .last_seen = last_seen}};

  auth::RevokedLogins revoked_logins;
  auth::JwtCodec jwt{auth::SigningKey{.bytes = std::string(32, 'k')}};
  auth::Authenticator authenticator{reactor, jwt, revoked_logins};
  auth::PasswordHasher hasher{{.memory_bytes = 8 * 1024, .passes = 1}};
  reactor::WorkerPool workers{{.threads = 1, .queue_max = 4}};
  RateLimiter rate_limiter;
  Api api;

 private:
  [[nodiscard]] std::string bearer_until(std::int64_t expires_at_s);
};

[[nodiscard]] std::string header_of(const http::Response& response, std::string_view name);

}  // namespace ringtalk::app::rest::testing
