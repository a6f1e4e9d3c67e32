#include "cache/redis_bus.h"

#include <utility>
#include <vector>

#include "cache/limits.h"

namespace ringtalk::cache {

using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

namespace {

Command naming(std::string_view name, const std::vector<std::string>& channels) {
  Command command(name);
  for (const std::string& channel : channels) command.add(channel);
  return command;
}

}  // namespace

RedisBus::RedisBus(reactor::Reactor& reactor, reactor::WorkerPool& workers, reactor::Log& log,
                   RedisOptions options, RedisConnection& publisher)
    : reactor_(reactor),
      workers_(workers),
      log_(log),
      options_(std::move(options)),
      publisher_(publisher),
      pause_(reactor),
      backoff_({.first = options_.backoff_min, .longest = options_.backoff_max}) {
  publisher_.add_listener(*this);
}

RedisBus::~RedisBus() {
  RINGTALK_ASSERT(state_ == State::kIdle || state_ == State::kClosed, "close() comes before");
}

void RedisBus::open(Bus::Listener& listener) {
  RINGTALK_ASSERT(state_ == State::kIdle, "a bus is opened once");
  listener_ = &listener;
  state_ = State::kAway;
  scope_.spawn(live());
}

Task<void> RedisBus::close() {
  is_closing_ = true;
  pause_.end();
  if (link_) link_->abort();
  co_await scope_.join();
  state_ = State::kClosed;
}

void RedisBus::subscribe(std::string channel) {
  if (subscriptions_.want(std::move(channel))) send_changes_soon();
}

void RedisBus::unsubscribe(std::string channel) {
  if (subscriptions_.unwant(channel)) send_changes_soon();
}

bool RedisBus::publish(std::string channel, std::string payload) {
  const bool is_sent =
      publisher_.post(Command("PUBLISH").add(channel).add(payload), {.owner = this});
  if (!is_sent) has_lost_publishes_ = true;
  return is_sent;
}

void RedisBus::tell_of_lost_publishes() {
  const bool is_open = state_ == State::kAway || state_ == State::kUp;
  if (!is_open || is_closing_ || !publisher_.is_available()) return;
  if (std::exchange(has_lost_publishes_, false)) listener_->lost_publishes();
}

BusFigures RedisBus::figures() const {
  BusFigures figures = figures_;
  figures.is_available = is_available();
  figures.channels = subscriptions_.size();
  figures.confirmations_due = subscriptions_.confirmations_due();
  return figures;
}

// The life of the connection

Task<void> RedisBus::live() {
  while (!is_closing_) {
    co_await attempt();
    if (state_ == State::kUp) co_await serve();
    end_session();
    co_await link_->close();
    link_.reset();
    if (!is_closing_) co_await pause_.lasting(backoff_.next());
  }
}

Task<void> RedisBus::attempt() {
  link_ = std::make_unique<RedisLink>(reactor_, workers_, options_);
  const Result<> opened = co_await link_->open(reactor_.after(options_.connect_timeout));
  if (is_closing_) co_return;
  if (opened) {
    begin_session();
    co_return;
  }
  ++figures_.connect_failures;
  const auto level =
      backoff_.failures() == 0 ? reactor::LogLevel::kWarn : reactor::LogLevel::kDebug;
  if (log_.enabled(level)) {
    log_.write(level, "bus.connect_failed", {{"detail", opened.error().detail}});
  }
}

void RedisBus::begin_session() {
  state_ = State::kUp;
  heard_at_ = pinged_at_ = reactor_.now();
  ++figures_.connects;
  log_.info("bus.connected",
            {{"attempts_failed", backoff_.failures()}, {"channels", subscriptions_.size()}});
  send_changes_soon();
}

Task<void> RedisBus::serve() {
  while (!is_closing_) {
    Result<> well = take_replies();
    if (well) well = look_for_life();
    if (well) {
      well = co_await link_->fill(reactor_.after(limits::kCheckInterval));
      if (well) heard_at_ = reactor_.now();
    }
    if (well || well.error().kind == ErrorKind::kTimedOut) continue;
    last_error_ = well.error();
    co_return;
  }
}

// An instance that slept itself finds bytes here first, and does not take that for a silence.
Result<> RedisBus::look_for_life() {
  tell_of_lost_publishes();  // of those that were answered with an error
  if (reactor_.now() - heard_at_ >= options_.silence_max) {
    return reactor::fail(ErrorKind::kUnavailable, "Redis is silent");
  }
  if (reactor_.now() - pinged_at_ >= options_.ping_interval) {
    pinged_at_ = reactor_.now();
    link_->send(Command("PING"));
  }
  return {};
}

void RedisBus::end_session() {
  if (std::exchange(state_, State::kAway) != State::kUp || is_closing_) return;
  ++figures_.losses;
  log_.warn("bus.lost", {{"detail", last_error_->detail}, {"channels", subscriptions_.size()}});
  subscriptions_.session_ended();
  listener_->lost();
}

// Hearing

Result<> RedisBus::take_replies() {
  while (!is_closing_) {
    Result<std::optional<Reply>> reply = link_->take();
    if (!reply) return std::unexpected(reply.error());
    if (!*reply) return {};
    if (Result<> handled = handle(**reply); !handled) return handled;
  }
  return {};
}

Result<> RedisBus::handle(const Reply& reply) {
  if (reply.is_string("PONG")) return {};  // while nothing is subscribed
  if (reply.is_error()) return reactor::fail(ErrorKind::kUnavailable, reply.text);
  const std::vector<Reply>& parts = reply.elements;
  if (parts.size() == 3 && parts[0].is_string("message")) {
    ++figures_.heard;
    const std::string& channel = parts[1].text;
    if (subscriptions_.is_wanted(channel)) listener_->heard(channel, parts[2].text);
    return {};
  }
  if (parts.size() == 3 && parts[0].is_string("subscribe")) {
    confirmed(Subscriptions::Kind::kSubscribe, parts[1].text);
    return {};
  }
  if (parts.size() == 3 && parts[0].is_string("unsubscribe")) {
    confirmed(Subscriptions::Kind::kUnsubscribe, parts[1].text);
    return {};
  }
  if (parts.size() == 2 && parts[0].is_string("pong")) return {};
  return reactor::fail(ErrorKind::kProtocol, "Redis says what no subscriber knows");
}

// Subscribing

void RedisBus::confirmed(Subscriptions::Kind kind, const std::string& channel) {
  backoff_.reset();  // only here: a server that refuses SUBSCRIBE is asked less and less often
  const bool is_subscribed = subscriptions_.confirmed(kind, channel);
  send_changes_soon();
  if (is_subscribed) listener_->subscribed(channel);
}

// At the end of the turn, so that what it still subscribes comes along.
void RedisBus::send_changes_soon() {
  if (state_ != State::kUp || is_closing_ || std::exchange(is_about_to_send_, true)) return;
  scope_.spawn(send_changes());
}

Task<void> RedisBus::send_changes() {
  co_await reactor_.sleep_for({});
  is_about_to_send_ = false;
  while (state_ == State::kUp && !is_closing_) {
    const Subscriptions::Changes changes = subscriptions_.next_changes();
    if (changes.empty()) co_return;
    if (!changes.unsubscribe.empty()) link_->send(naming("UNSUBSCRIBE", changes.unsubscribe));
    if (!changes.subscribe.empty()) link_->send(naming("SUBSCRIBE", changes.subscribe));
  }
}

}  // namespace ringtalk::cache
