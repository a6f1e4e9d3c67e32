#include "app/shard.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/database_options.h"
#include "app/limits.h"

namespace ringtalk::app {
namespace {

using reactor::Task;

http::TimeLimits time_limits(const config::Config& config) {
  return {.header = config.http_header_timeout,
          .body = config.http_body_timeout,
          .idle = config.http_idle_timeout};
}

ws::ConnectionOptions session_socket(const config::Config& config) {
  ws::ConnectionOptions options;
  options.assembler.message_bytes_max = limits::kMessageBytesMax;
  options.assembler.message_fragments_max = limits::kFragmentsMax;
  options.heartbeat = config.heartbeat;
  options.grace = config.heartbeat_grace;
  options.close_timeout = limits::kCloseTimeout;
  options.unsent_bytes_max = limits::kOutboxHardBytes;
  return options;
}

ws::ConnectionOptions echo_socket(const config::Config& config) {
  ws::ConnectionOptions options = session_socket(config);
  options.assembler.message_bytes_max = limits::kTestMessageBytesMax;
  options.assembler.message_fragments_max = ws::kUnlimitedFragments;
  options.unsent_bytes_max = 4 * limits::kTestMessageBytesMax;
  return options;
}

}  // namespace

Shard::Shard(const ServerContext& context, std::unique_ptr<reactor::Backend> backend,
             std::size_t index)
    : context_(context),
      reactor_(std::move(backend), clock_, {.letters_max = limits::kMailboxLettersMax}),
      pool_(reactor_, context.log, database_options(context.config)),
      users_(pool_),
      tokens_(pool_),
      conversations_(pool_),
      messages_(pool_),
      marks_(pool_),
      last_seen_(pool_),
      redis_(context.redis ? std::make_unique<Redis>(reactor_, context) : nullptr),
      bus_link_({.bus = redis_ ? &redis_->bus : nullptr,
                 .instance = context.instance,
                 .json_reader = json_reader_}),
      tails_({.reactor = reactor_, .cache = redis_ ? &redis_->tails : nullptr, .store = messages_}),
      cached_messages_({.reactor = reactor_,
                        .directory = context.directory,
                        .store = messages_,
                        .has_tails = redis_ != nullptr}),
      sessions_(index),
      hub_({.reactor = reactor_,
            .sessions = sessions_,
            .directory = context.directory,
            .shard = index}),
      routes_({.directory = context.directory, .shard = index, .link = bus_link_, .tails = tails_}),
      fan_out_(context.directory, index),
      receipts_({.reactor = reactor_,
                 .directory = context.directory,
                 .store = marks_,
                 .fan_out = fan_out_}),
      committer_(reactor_, messages_, fan_out_, receipts_),
      sender_(reactor_, context.directory, metrics_),
      head_watch_({.reactor = reactor_,
                   .routes = routes_,
                   .conversations = conversations_,
                   .heartbeat = context.config.heartbeat}),
      membership_watch_({.reactor = reactor_,
                         .sessions = sessions_,
                         .bus_link = bus_link_,
                         .conversations = conversations_,
                         .heartbeat = context.config.heartbeat}),
      presence_(presence_environment(index)),
      jwt_(context.signing_key),
      authenticator_(reactor_, jwt_, revoked_logins_),
      rate_limiter_(
          reactor_, context.directory,
          context.config.has_rate_limits() ? RateLimiter::Switch::kOn : RateLimiter::Switch::kOff,
          {.counters = redis_ ? &redis_->rates : nullptr, .epoch = context.epoch}),
      api_(services()),
      client_environment_(client_environment()),
      listener_(reactor_, *this),
      drain_timer_(*this),
      random_(std::random_device{}()) {
  watch_other_instances(index);
  pool_.open();
}

void Shard::watch_other_instances(std::size_t index) {
  const auto lifetime = std::chrono::ceil<std::chrono::seconds>(context_.config.jwt_lifetime);
  const std::int64_t tokens_expire_at_s = reactor_.unix_milliseconds() / 1000 + lifetime.count();
  for (const std::int64_t login : context_.voided_logins) {
    revoked_logins_.revoke({login}, tokens_expire_at_s);
  }
  if (index != 0) return;
  voided_logins_.emplace(
      rest::VoidedLoginsWatch::Environment{.reactor = reactor_,
                                           .directory = context_.directory,
                                           .tokens = tokens_,
                                           .known = revoked_logins_,
                                           .jwt_lifetime = context_.config.jwt_lifetime});
  departures_.emplace(chat::DeparturesWatch::Environment{
      .reactor = reactor_, .directory = context_.directory, .conversations = conversations_});
}

Shard::Redis::Redis(reactor::Reactor& reactor, const ServerContext& context)
    : commands(reactor, context.workers, context.log, *context.redis, "commands"),
      bus(reactor, context.workers, context.log, *context.redis, commands),
      tails(reactor, commands),
      rates(commands),
      presence(commands) {
  tails.set_epoch(context.epoch);
}

chat::PresenceRooms::Environment Shard::presence_environment(std::size_t index) {
  return {.reactor = reactor_,
          .directory = context_.directory,
          .link = bus_link_,
          .store = redis_ ? &redis_->presence : nullptr,
          .last_seen = last_seen_,
          .instance = context_.instance,
          .shard = index};
}

Shard::~Shard() = default;

ShardPort Shard::port() {
  ShardPort port{.reactor = &reactor_,
                 .scope = &peer_scope_,
                 .pool = &pool_,
                 .bus_link = &bus_link_,
                 .cached_messages = &cached_messages_,
                 .fan_out = &fan_out_,
                 .hub = &hub_,
                 .committer = &committer_,
                 .receipts = &receipts_,
                 .routes = &routes_,
                 .sessions = &sessions_,
                 .tails = &tails_,
                 .revoked_logins = &revoked_logins_,
                 .rate_limiter = &rate_limiter_,
                 .metrics = &metrics_};
  presence_.add_to(port);
  return port;
}

rest::Services Shard::services() {
  const config::Config& config = context_.config;
  return {.reactor = reactor_,
          .directory = context_.directory,
          .log = context_.log,
          .logger = &context_.log,
          .json_reader = json_reader_,
          .pool = pool_,
          .users = users_,
          .tokens = tokens_,
          .conversations = conversations_,
          .messages = cached_messages_,
          .fan_out = fan_out_,
          .sender = sender_,
          .receipts = receipts_,
          .presence = presence_.presence,
          .jwt = jwt_,
          .authenticator = authenticator_,
          .password_hasher = context_.password_hasher,
          .workers = context_.workers,
          .rate_limiter = rate_limiter_,
          .metrics = metrics_,
          .options = {.jwt_lifetime = config.jwt_lifetime,
                      .refresh_lifetime = config.refresh_lifetime,
                      .has_test_endpoints = config.has_test_endpoints}};
}

ClientConnection::Environment Shard::client_environment() {
  const config::Config& config = context_.config;
  return {.reactor = reactor_,
          .http = {.reactor = reactor_,
                   .service = api_,
                   .date = date_,
                   .limits = {.request_line_bytes_max = limits::kRequestLineBytesMax,
                              .header_bytes_max = limits::kHeaderBytesMax,
                              .header_count_max = limits::kHeadersMax,
                              .body_bytes_max = limits::kBodyBytesMax},
                   .time_limits = time_limits(config)},
          .session = {.feeds = {.reactor = reactor_,
                                .hub = hub_,
                                .messages = cached_messages_,
                                .json_reader = json_reader_,
                                .metrics = metrics_},
                      .users = users_,
                      .conversations = conversations_,
                      .sender = sender_,
                      .fan_out = fan_out_,
                      .receipts = receipts_,
                      .online_users = presence_.online_users,
                      .watchers = presence_.watchers,
                      .sessions = sessions_,
                      .authenticator = authenticator_,
                      .rate_limiter = rate_limiter_,
                      .log = context_.log,
                      .epoch = context_.epoch,
                      .heartbeat = std::chrono::floor<std::chrono::seconds>(config.heartbeat)},
          .authenticator = authenticator_,
          .api = api_,
          .metrics = metrics_,
          .log = context_.log,
          .session_socket = session_socket(config),
          .echo_socket = echo_socket(config),
          .has_test_endpoints = config.has_test_endpoints};
}

reactor::Result<std::uint16_t> Shard::listen(std::uint16_t port) {
  const auto opened = listener_.open({.host = context_.config.host, .port = port});
  if (!opened) return std::unexpected(opened.error());
  return listener_.port();
}

// --- clients ---

void Shard::accepted(int descriptor) {
  // Shed at once: a full table of connections that nobody serves leaves clients hanging.
  if (is_draining_ || clients_.size() >= limits::kConnectionsMax) {
    ++metrics_.connections_refused;
    ::close(descriptor);
    return;
  }
  ++metrics_.connections_accepted;
  client_scope_.spawn(serve(descriptor));
}

Task<void> Shard::serve(int descriptor) {
  ClientConnection client(client_environment_, descriptor);
  clients_.push_back(&client);
  co_await client.serve_http();
  co_await client.serve_socket();
  co_await client.close();
  // Order means nothing: the last one takes the place.
  *std::ranges::find(clients_, &client) = clients_.back();
  clients_.pop_back();
}

// --- the end ---

void Shard::serve() {
  if (voided_logins_) voided_logins_->open();
  if (departures_) departures_->open();
  head_watch_.open();
  membership_watch_.open();
  presence_.open();
  if (redis_) redis_->commands.open();
  routes_.open();
  reactor_.run();
}

void Shard::drain() {
  life_.spawn(drain_story());
}

Task<void> Shard::drain_story() {
  is_draining_ = true;
  api_.drain();
  co_await listener_.close();
  std::uniform_int_distribution<std::int64_t> spread(
      0, std::chrono::milliseconds(limits::kReconnectSpread).count());
  for (ClientConnection* client : clients_) client->drain(spread(random_));
  reactor_.timers().schedule(drain_timer_, reactor_.after(context_.config.drain_timeout));
  co_await client_scope_.join();
  drain_timer_.cancel();
  // Side by side: each may be waiting for a database that has fallen silent. They ask the other
  // shards, which must all be there still.
  reactor::TaskScope watches;
  watches.spawn(head_watch_.close());
  watches.spawn(membership_watch_.close());
  if (voided_logins_) watches.spawn(voided_logins_->close());
  if (departures_) watches.spawn(departures_->close());
  co_await watches.join();
  receipts_.hush();
  presence_.hush();
  context_.on_shard_quiet();
}

void Shard::DrainTimer::expired() {
  shard_.context_.log.warn("shard.drain_timed_out", {{"connections", shard_.clients_.size()}});
  for (ClientConnection* client : shard_.clients_) client->abort();
}

void Shard::finish() {
  life_.spawn(finish_story());
}

void Shard::end_unserved() {
  life_.spawn(unserved_story());
  reactor_.run();
}

Task<void> Shard::unserved_story() {
  co_await listener_.close();
  co_await finish_story();
}

Task<void> Shard::finish_story() {
  co_await peer_scope_.join();
  co_await committer_.join();
  co_await receipts_.close();
  co_await presence_.close();
  co_await rate_limiter_.join();
  co_await tails_.join();
  co_await bus_link_.close();
  if (redis_) co_await redis_->commands.close();
  co_await pool_.close();
  reactor_.stop();
}

}  // namespace ringtalk::app
