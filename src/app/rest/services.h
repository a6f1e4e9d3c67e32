// What the handlers of a shard work with: everything by reference, all of it owned by the shard (or
// the server) and alive for as long as the Api. A value of references; the shard's thread.
#pragma once

#include <chrono>

#include "app/auth/authenticator.h"
#include "app/auth/jwt.h"
#include "app/auth/password_hasher.h"
#include "app/chat/fan_out.h"
#include "app/chat/message_sender.h"
#include "app/chat/presence.h"
#include "app/chat/receipts.h"
#include "app/metrics.h"
#include "app/protocol/json_reader.h"
#include "app/rate_limiter.h"
#include "app/shard_directory.h"
#include "db/conversation_store.h"
#include "db/message_store.h"
#include "db/pool.h"
#include "db/token_store.h"
#include "db/user_store.h"
#include "reactor/log.h"
#include "reactor/reactor.h"
#include "reactor/worker_pool.h"

namespace ringtalk::app::rest {

struct ApiOptions {
  std::chrono::milliseconds jwt_lifetime = std::chrono::minutes(15);
  std::chrono::milliseconds refresh_lifetime = std::chrono::days(30);
  bool has_test_endpoints = false;
};

struct Services {
  reactor::Reactor& reactor;
  ShardDirectory& directory;
  reactor::Log& log;
  const reactor::Logger* logger = nullptr;  // for /metrics: how much it dropped; may be missing
  protocol::JsonReader& json_reader;

  db::Pool& pool;
  db::UserStore& users;
  db::TokenStore& tokens;
  db::ConversationStore& conversations;
  db::MessageStore& messages;

  chat::FanOut& fan_out;
  chat::MessageSender& sender;
  chat::Receipts& receipts;
  chat::Presence& presence;

  auth::JwtCodec& jwt;
  auth::Authenticator& authenticator;
  const auth::PasswordHasher& password_hasher;
  reactor::WorkerPool& workers;

  RateLimiter& rate_limiter;
  Metrics& metrics;
  ApiOptions options;
};

}  // namespace ringtalk::app::rest
