#include "sim_shard.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/limits.h"

namespace ringtalk::sim {
namespace {

using reactor::Task;
namespace limits = app::limits;

constexpr std::int64_t kFarFuture_s = 4'000'000'000;

ws::ConnectionOptions socket_options(const SimOptions& options) {
  ws::ConnectionOptions socket;
  socket.assembler.message_bytes_max = limits::kMessageBytesMax;
  socket.assembler.message_fragments_max = limits::kFragmentsMax;
  socket.heartbeat = options.heartbeat;
  socket.grace = options.heartbeat / 2;
  socket.close_timeout = limits::kCloseTimeout;
  socket.unsent_bytes_max = options.unsent_bytes_max;
  return socket;
}

}  // namespace

SimShard::SimShard(SimEnvironment& environment, const Place& place)
    : environment_(environment),
      name_(fmt::format("{}.{}", place.instance, place.index)),
      seat_(environment.loop, environment.options.mailbox_letters_max),
      reactor_(seat_.reactor()),
      database_(seat_, environment.database),
      users_(database_),
      conversations_(database_),
      messages_(database_),
      marks_(database_),
      bus_(environment.options.has_bus
               ? std::make_unique<SimBus>(environment.hub, environment.world, seat_)
               : nullptr),
      bus_link_({.bus = bus_.get(), .instance = place.instance, .json_reader = json_reader_}),
      tails_({.reactor = reactor_, .store = messages_}),
      cached_messages_({.reactor = reactor_, .directory = place.directory, .store = messages_}),
      sessions_(place.index),
      hub_({.reactor = reactor_,
            .sessions = sessions_,
            .directory = place.directory,
            .shard = place.index}),
      routes_(
          {.directory = place.directory, .shard = place.index, .link = bus_link_, .tails = tails_}),
      fan_out_(place.directory, place.index),
      receipts_({.reactor = reactor_,
                 .directory = place.directory,
                 .store = marks_,
                 .fan_out = fan_out_}),
      committer_(reactor_, messages_, fan_out_, receipts_),
      sender_(reactor_, place.directory, metrics_),
      head_watch_({.reactor = reactor_,
                   .routes = routes_,
                   .conversations = conversations_,
                   .heartbeat = environment.options.heartbeat}),
      membership_watch_({.reactor = reactor_,
                         .sessions = sessions_,
                         .bus_link = bus_link_,
                         .conversations = conversations_,
                         .heartbeat = environment.options.heartbeat}),
      last_seen_(reactor_),
      presence_({.reactor = reactor_,
                 .directory = place.directory,
                 .link = bus_link_,
                 .last_seen = last_seen_,
                 .instance = place.instance,
                 .shard = place.index}),
      jwt_(environment.signing_key),
      authenticator_(reactor_, jwt_, revoked_logins_),
      rate_limiter_(reactor_, place.directory, app::RateLimiter::Switch::kOff, {}),
      session_environment_(session_environment()),
      socket_options_(socket_options(environment.options)) {
  if (place.index != 0) return;
  departures_.emplace(app::chat::DeparturesWatch::Environment{
      .reactor = reactor_, .directory = place.directory, .conversations = conversations_});
}

app::ShardPort SimShard::port() {
  app::ShardPort port{.reactor = &reactor_,
                      .scope = &peer_scope_,
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

app::chat::Session::Environment SimShard::session_environment() {
  return {.feeds = {.reactor = reactor_,
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
          .log = environment_.log,
          .epoch = epoch_,
          .heartbeat = std::chrono::floor<std::chrono::seconds>(environment_.options.heartbeat)};
}

void SimShard::open() {
  head_watch_.open();
  membership_watch_.open();
  if (departures_) departures_->open();
  presence_.open();
  routes_.open();
}

// --- clients ---

bool SimShard::accept(const std::shared_ptr<SimSocket>& socket) {
  if (is_draining_) return false;
  sockets_.push_back(socket);
  client_scope_.spawn(serve(socket));
  client_scope_.spawn(run_client(socket));
  return true;
}

Task<void> SimShard::run_client(std::shared_ptr<SimSocket> socket) {
  co_await socket->run_client();
}

Task<void> SimShard::serve(std::shared_ptr<SimSocket> socket) {
  bool is_welcome = true;
  if (const auto only = socket->only()) {
    const auto is_member = co_await conversations_.is_member(only->value, socket->user().value);
    is_welcome = is_member && *is_member && !is_draining_;
  }
  if (is_welcome) co_await serve_session(socket);
  co_await socket->server_end().close();
  std::erase(sockets_, socket);
}

Task<void> SimShard::serve_session(std::shared_ptr<SimSocket> socket) {
  ws::Connection connection(reactor_, socket->server_end(), {}, socket_options_);
  app::chat::Session session(session_environment_, connection,
                             {.user_id = socket->user(), .expires_at_s = kFarFuture_s},
                             socket->only());
  socket->session = &session;
  co_await session.run();
  socket->session = nullptr;
  socket->close_code = connection.close_code();
}

// --- the end ---

void SimShard::die() {
  is_dead_ = true;
  database_.cut();
  if (bus_) bus_->die();
  abort_sockets();
}

void SimShard::abort_sockets() {
  for (const auto& socket : sockets_) socket->server_end().abort();
  seat_.touch();
}

void SimShard::drain() {
  life_.spawn(drain_story());
}

Task<void> SimShard::drain_story() {
  is_draining_ = true;
  for (const auto& socket : sockets_) {
    if (socket->session != nullptr) socket->session->drain(1);
  }
  co_await client_scope_.join();
  co_await head_watch_.close();
  co_await membership_watch_.close();
  if (departures_) co_await departures_->close();
  receipts_.hush();
  presence_.hush();
  is_quiet_ = true;
}

void SimShard::finish() {
  life_.spawn(finish_story());
}

Task<void> SimShard::finish_story() {
  co_await peer_scope_.join();
  co_await committer_.join();
  co_await receipts_.close();
  co_await presence_.close();
  co_await rate_limiter_.join();
  co_await tails_.join();
  co_await bus_link_.close();
  is_finished_ = true;
}

}  // namespace ringtalk::sim
