#include "cache/redis_connection.h"

#include <utility>

#include "cache/limits.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::cache {

using reactor::Error;
using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

/// Whoever awaits an answer. Lives in the frame of run().
class RedisConnection::Caller : reactor::Timer {
 public:
  Caller(RedisConnection& connection, Command command)
      : connection_(connection), command_(std::move(command)) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> self) {
    self_ = self;
    Result<> admitted = connection_.admit(*this, command_);
    if (!admitted) {
      outcome_ = std::unexpected(std::move(admitted.error()));
      return false;
    }
    reactor::Reactor& reactor = connection_.reactor_;
    reactor.timers().schedule(*this, reactor.after(connection_.options_.command_timeout));
    return true;
  }
  [[nodiscard]] Result<Reply> await_resume() { return std::move(outcome_); }

  /// Where the queue remembers this caller.
  void remembered_in(Caller*& place) { place_ = &place; }

  void finish(Result<Reply> outcome) {
    cancel();
    outcome_ = std::move(outcome);
    connection_.reactor_.make_ready(self_);
  }

 private:
  void expired() override {
    *place_ = nullptr;
    connection_.caller_timed_out();
    finish(reactor::fail(ErrorKind::kTimedOut, "Redis did not answer in time"));
  }

  RedisConnection& connection_;
  Command command_;
  std::coroutine_handle<> self_;
  Caller** place_ = nullptr;
  Result<Reply> outcome_;
};

RedisConnection::RedisConnection(reactor::Reactor& reactor, reactor::WorkerPool& workers,
                                 reactor::Log& log, RedisOptions options, std::string name)
    : reactor_(reactor),
      workers_(workers),
      log_(log),
      options_(std::move(options)),
      name_(std::move(name)),
      pause_(reactor),
      backoff_({.first = options_.backoff_min, .longest = options_.backoff_max}),
      breaker_({.timeouts_max = options_.timeouts_to_give_up,
                .probe_timeout = options_.command_timeout}) {}

RedisConnection::~RedisConnection() {
  RINGTALK_ASSERT(state_ == State::kIdle || state_ == State::kClosed, "close() comes before");
}

void RedisConnection::open() {
  RINGTALK_ASSERT(state_ == State::kIdle, "a connection is opened once");
  state_ = State::kAway;
  scope_.spawn(live());
}

Task<void> RedisConnection::close() {
  is_closing_ = true;
  pause_.end();
  if (link_ && in_flight_.empty()) link_->abort();
  co_await scope_.join();
  state_ = State::kClosed;
}

Task<Result<Reply>> RedisConnection::run(Command command) {
  co_return co_await Caller(*this, std::move(command));
}

bool RedisConnection::post(const Command& command, Receipt receipt) {
  if (!may_send(command)) {
    ++figures_.refused;
    return false;
  }
  ++figures_.posts;
  send(command, TicketKind::kPost).receipt = receipt;
  return true;
}

RedisFigures RedisConnection::figures() const {
  RedisFigures figures = figures_;
  figures.is_available = is_available();
  figures.in_flight = in_flight_.size();
  figures.bytes_unsent = link_ ? link_->bytes_unsent() : 0;
  return figures;
}

// Sending

Result<> RedisConnection::admit(Caller& caller, const Command& command) {
  Result<> admitted = may_send(command);
  if (admitted && breaker_.is_open()) {
    admitted = reactor::fail(ErrorKind::kUnavailable, "Redis does not answer in time");
  }
  if (!admitted) {
    ++figures_.refused;
    return admitted;
  }
  ++figures_.commands;
  Ticket& ticket = send(command, TicketKind::kCommand);
  ticket.caller = &caller;
  caller.remembered_in(ticket.caller);
  return {};
}

// An open breaker is no reason: it is for those who wait, and a post that comes late still helps.
Result<> RedisConnection::may_send(const Command& command) const {
  if (is_closing_) return reactor::fail(ErrorKind::kClosed, "the connection is closing");
  if (state_ != State::kUp) return std::unexpected(why_away());
  if (in_flight_.size() >= limits::kCommandsInFlightMax ||
      link_->bytes_unsent() + command.size() > limits::kUnsentBytesMax) {
    return reactor::fail(ErrorKind::kOverloaded, "too many commands wait for Redis");
  }
  return {};
}

RedisConnection::Ticket& RedisConnection::send(const Command& command, TicketKind kind) {
  link_->send(command);
  return in_flight_.emplace_back(Ticket{.kind = kind, .sent_at = reactor_.now()});
}

// The life of the connection

Task<void> RedisConnection::live() {
  while (!is_closing_) {
    co_await attempt();
    if (state_ == State::kUp) co_await serve();
    end_session();
    co_await link_->close();
    link_.reset();
    if (!is_closing_) co_await pause_.lasting(backoff_.next());
  }
}

Task<void> RedisConnection::attempt() {
  link_ = std::make_unique<RedisLink>(reactor_, workers_, options_);
  const Result<> opened = co_await link_->open(reactor_.after(options_.connect_timeout));
  if (is_closing_) co_return;
  if (opened) {
    begin_session();
    co_return;
  }
  last_error_ = opened.error();
  ++figures_.connect_failures;
  const auto level =
      backoff_.failures() == 0 ? reactor::LogLevel::kWarn : reactor::LogLevel::kDebug;
  if (log_.enabled(level)) {
    log_.write(level, "redis.connect_failed",
               {{"connection", name_}, {"detail", opened.error().detail}});
  }
}

void RedisConnection::begin_session() {
  state_ = State::kUp;
  last_error_.reset();
  breaker_.reset();
  ++figures_.connects;
  log_.info("redis.connected", {{"connection", name_}, {"attempts_failed", backoff_.failures()}});
  backoff_.reset();
  for (Listener* listener : listeners_) listener->on_up();
}

Task<void> RedisConnection::serve() {
  while (true) {
    if (Result<> taken = take_replies(); !taken) {
      last_error_ = taken.error();
      co_return;
    }
    if (is_closing_ && in_flight_.empty()) co_return;
    if (is_stuck()) {
      last_error_ = Error{.kind = ErrorKind::kTimedOut, .detail = "Redis stopped to answer"};
      co_return;
    }
    if (breaker_.wants_probe()) probe();
    // Wakes also when nothing comes, to look for what is stuck.
    const Result<> filled = co_await link_->fill(reactor_.after(limits::kCheckInterval));
    if (!filled && filled.error().kind != ErrorKind::kTimedOut) {
      last_error_ = filled.error();
      co_return;
    }
  }
}

// What is in flight fails; what it did is unknown to us.
void RedisConnection::end_session() {
  const bool was_up = state_ == State::kUp;
  state_ = State::kAway;
  if (was_up && !is_closing_) {
    ++figures_.losses;
    log_.warn(
        "redis.lost",
        {{"connection", name_}, {"detail", last_error_->detail}, {"in_flight", in_flight_.size()}});
  }
  fail_all(is_closing_ ? Error{.kind = ErrorKind::kClosed, .detail = "the connection was closed"}
                       : why_away());
}

void RedisConnection::fail_all(const Error& error) {
  for (const Ticket& ticket : std::exchange(in_flight_, {})) {
    if (ticket.caller != nullptr) ticket.caller->finish(std::unexpected(error));
    if (ticket.receipt.owner != nullptr) ticket.receipt.owner->post_lost(ticket.receipt.mark);
    if (ticket.kind == TicketKind::kPost) ++figures_.posts_lost;
  }
}

bool RedisConnection::is_stuck() const {
  return !in_flight_.empty() && reactor_.now() - in_flight_.front().sent_at >= options_.stuck_after;
}

Error RedisConnection::why_away() const {
  Error error = last_error_.value_or(Error{.detail = "not connected to Redis yet"});
  error.kind = ErrorKind::kUnavailable;
  return error;
}

// Receiving

Result<> RedisConnection::take_replies() {
  while (true) {
    Result<std::optional<Reply>> reply = link_->take();
    if (!reply) return std::unexpected(reply.error());
    if (!*reply) return {};
    if (in_flight_.empty()) {
      return reactor::fail(ErrorKind::kProtocol, "Redis answers what nobody asked");
    }
    // The caller points to the ticket's place, which goes away here.
    const Ticket ticket = in_flight_.front();
    in_flight_.pop_front();
    finish(ticket, std::move(**reply));
  }
}

void RedisConnection::finish(const Ticket& ticket, Reply reply) {
  if (reply.is_error()) {
    ++figures_.errors;
    if (log_.enabled(reactor::LogLevel::kDebug)) {
      log_.debug("redis.error", {{"connection", name_}, {"detail", reply.text}});
    }
  }
  if (ticket.kind == TicketKind::kProbe) {
    if (breaker_.probe_answered(reactor_.now(), !reply.is_error())) {
      log_.info("redis.answers_again", {{"connection", name_}});
    }
  } else if (ticket.caller != nullptr) {
    breaker_.answered_in_time();
    ticket.caller->finish(std::move(reply));
  } else if (reply.is_error() && ticket.receipt.owner != nullptr) {
    ticket.receipt.owner->post_lost(ticket.receipt.mark);
  }
}

// Waiting for Redis

void RedisConnection::caller_timed_out() {
  ++figures_.timeouts;
  if (!breaker_.timed_out()) return;
  ++figures_.breaker_openings;
  log_.warn("redis.slow", {{"connection", name_}, {"in_flight", in_flight_.size()}});
  probe();
}

void RedisConnection::probe() {
  if (state_ != State::kUp || is_closing_) return;
  send(Command("PING"), TicketKind::kProbe);
  breaker_.probe_sent(reactor_.now());
}

}  // namespace ringtalk::cache
