#include "db/pg_connection.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "db/pg_error.h"
#include "db/pg_session_settings.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::db {

using reactor::Error;
using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

/// Whoever awaits a segment. Lives in the frame of run(), from its admission to its outcome.
class PgConnection::Caller : reactor::Timer {
 public:
  Caller(PgConnection& connection, Segment segment, reactor::Deadline deadline)
      : connection_(connection), segment_(std::move(segment)), deadline_(deadline) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> self) {
    self_ = self;
    Result<> admitted = connection_.admit(*this, std::move(segment_));
    if (!admitted) {
      outcome_ = std::unexpected(std::move(admitted.error()));
      return false;
    }
    connection_.reactor_.timers().schedule(*this, deadline_);
    return true;
  }
  [[nodiscard]] Result<std::vector<PgResult>> await_resume() { return std::move(outcome_); }

  /// Where the queue remembers this caller.
  void remembered_in(Caller*& place) { place_ = &place; }

  void finish(Result<std::vector<PgResult>> outcome) {
    cancel();
    outcome_ = std::move(outcome);
    connection_.reactor_.make_ready(self_);
  }

 private:
  void expired() override {
    *place_ = nullptr;
    ++connection_.figures_.timed_out;
    finish(reactor::fail(ErrorKind::kTimedOut, "the database did not answer in time"));
  }

  PgConnection& connection_;
  Segment segment_;
  reactor::Deadline deadline_;
  std::coroutine_handle<> self_;
  Caller** place_ = nullptr;
  Result<std::vector<PgResult>> outcome_;
};

PgConnection::PgConnection(reactor::Reactor& reactor, reactor::Log& log, PgOptions options,
                           std::string name)
    : reactor_(reactor),
      log_(log),
      options_(std::move(options)),
      name_(std::move(name)),
      watcher_(reactor),
      backoff_({.first = options_.backoff_min, .longest = options_.backoff_max}) {}

PgConnection::~PgConnection() {
  RINGTALK_ASSERT(state_ == State::kIdle || state_ == State::kClosed, "close() comes before");
}

void PgConnection::open() {
  RINGTALK_ASSERT(state_ == State::kIdle, "a connection is opened once");
  state_ = State::kFirstAttempt;
  scope_.spawn(live());
}

Task<void> PgConnection::close() {
  closing_ = true;
  watcher_.interrupt();
  co_await scope_.join();
  state_ = State::kClosed;
}

Answer<std::vector<PgResult>> PgConnection::run(Segment segment, reactor::Deadline deadline) {
  co_return co_await Caller(*this, std::move(segment), deadline);
}

Answer<std::vector<PgResult>> PgConnection::run(Segment segment) {
  co_return co_await run(std::move(segment), reactor_.after(options_.query_timeout));
}

PgFigures PgConnection::figures() const {
  PgFigures figures = figures_;
  figures.is_available = is_available();
  figures.in_flight = in_flight_.size();
  figures.waiting = waiting_.size();
  return figures;
}

// Sending

Result<> PgConnection::admit(Caller& caller, Segment segment) {
  if (closing_) return reactor::fail(ErrorKind::kClosed, "the connection is closing");
  if (state_ == State::kAway || state_ == State::kIdle) return std::unexpected(why_away());
  if (in_flight_.size() + waiting_.size() >= options_.in_flight_max) {
    return reactor::fail(ErrorKind::kOverloaded, "too many queries are in flight");
  }
  if (state_ == State::kUp) {
    send(std::move(segment), &caller);
  } else {
    waiting_.push_back({.caller = &caller, .segment = std::move(segment)});
    caller.remembered_in(waiting_.back().caller);
  }
  return {};
}

// A statement is prepared in a segment of its own before: as a part of the caller's it would be
// lost when an earlier statement of that one fails, while later segments count on it.
void PgConnection::send(Segment segment, Caller* caller) {
  for (const Segment::Step& step : segment.steps()) {
    if (prepared_.contains(std::string_view(step.statement.name))) continue;
    prepared_.emplace(step.statement.name);
    socket_->send_prepare(step);
    socket_->send_sync();
    add_ticket().prepares = step.statement.name;
  }
  for (const Segment::Step& step : segment.steps()) socket_->send_execute(step);
  socket_->send_sync();
  Ticket& ticket = add_ticket();
  ticket.caller = caller;
  if (caller != nullptr) caller->remembered_in(ticket.caller);
  watch_again();
}

PgConnection::Ticket& PgConnection::add_ticket() {
  if (in_flight_.empty()) last_progress_ = reactor_.now();
  return in_flight_.emplace_back(Ticket{.sent_at = reactor_.now()});
}

// serve() waits for readable: it has more to watch for, or to see that the socket broke.
void PgConnection::watch_again() {
  if (socket_->wants_write() || socket_->is_broken()) watcher_.interrupt();
}

void PgConnection::discard_plans() {
  if (state_ != State::kUp || closing_) return;
  plans_made_at_ = reactor_.now();
  socket_->send_plain("DISCARD PLANS");
  socket_->send_sync();
  add_ticket();
  watch_again();
}

// The life of the connection

Task<void> PgConnection::live() {
  while (!closing_) {
    co_await attempt();
    if (state_ == State::kUp) co_await serve();
    end_session();
    if (!closing_) co_await pause();
  }
  fail_all({.kind = ErrorKind::kClosed, .detail = "the connection was closed"});
}

Task<void> PgConnection::attempt() {
  socket_ = std::make_unique<PgSocket>(log_);
  const Result<> connected =
      co_await socket_->connect(options_, watcher_, reactor_.after(options_.connect_timeout));
  if (closing_) co_return;
  if (connected) {
    begin_session();
    co_return;
  }
  last_error_ = connected.error();
  ++figures_.connect_failures;
  const reactor::LogLevel level =
      backoff_.failures() == 0 ? reactor::LogLevel::kWarn : reactor::LogLevel::kDebug;
  if (log_.enabled(level)) {
    log_.write(level, "db.connect_failed",
               {{"connection", name_}, {"detail", connected.error().detail}});
  }
}

void PgConnection::begin_session() {
  state_ = State::kUp;
  last_error_.reset();
  plans_made_at_ = reactor_.now();
  ++figures_.connects;
  log_.info("db.connected", {{"connection", name_}, {"attempts_failed", backoff_.failures()}});
  socket_->send_plain(session_settings_sql(options_).c_str());
  socket_->send_sync();
  add_ticket().is_setup = true;
  for (Waiting& waiting : std::exchange(waiting_, {})) {
    if (waiting.caller != nullptr) send(std::move(waiting.segment), waiting.caller);
  }
}

Task<void> PgConnection::serve() {
  while (true) {
    take_results();
    if (closing_ && in_flight_.empty()) co_return;
    if (socket_->is_broken() || is_stuck() || last_error_) co_return;
    const std::uint32_t events = POLLIN | (socket_->wants_write() ? POLLOUT : 0);
    // Wakes also when nothing comes, to look for what is stuck and for old plans.
    const reactor::Deadline wake = reactor_.after(options_.stuck_after / 4);
    const Result<std::uint32_t> ready = co_await watcher_.wait(socket_->descriptor(), events, wake);
    if (ready && (*ready & POLLOUT) != 0) socket_->flush();
    if (ready && (*ready & ~static_cast<std::uint32_t>(POLLOUT)) != 0) socket_->receive();
    if (reactor_.now() - plans_made_at_ >= options_.plans_live) discard_plans();
  }
}

// What is in flight fails; what it did is unknown to us.
void PgConnection::end_session() {
  const bool was_up = state_ == State::kUp;
  state_ = State::kAway;
  if (was_up && !closing_) {
    if (!last_error_) last_error_ = is_stuck() ? why_away() : socket_->error();
    ++figures_.losses;
    log_.warn("db.lost", {{"connection", name_},
                          {"detail", last_error_->detail},
                          {"code", last_error_->code},
                          {"in_flight", in_flight_.size()}});
  }
  fail_all(closing_ ? Error{.kind = ErrorKind::kClosed, .detail = "the connection was closed"}
                    : why_away());
  socket_.reset();
  prepared_.clear();
}

Task<void> PgConnection::pause() {
  const reactor::Deadline until = reactor_.after(backoff_.next());
  // In short sleeps, so that close() need not wait for long.
  constexpr std::chrono::milliseconds kNap{50};
  while (!closing_ && reactor_.now() < until) {
    co_await reactor_.sleep_until(std::min(until, reactor_.after(kNap)));
  }
}

bool PgConnection::is_stuck() const {
  return !in_flight_.empty() && reactor_.now() - last_progress_ >= options_.stuck_after;
}

Error PgConnection::why_away() const {
  Error error = last_error_.value_or(Error{.detail = "the database does not answer"});
  error.kind = ErrorKind::kUnavailable;
  return error;
}

// Receiving

void PgConnection::take_results() {
  while (PgSocket::RawResult result = socket_->next_result()) {
    last_progress_ = reactor_.now();
    take_result(std::move(result));
    if (socket_->is_broken()) return;
  }
}

void PgConnection::take_result(PgSocket::RawResult result) {
  if (in_flight_.empty()) return;  // the server's last words; the end of the stream follows
  Ticket& ticket = in_flight_.front();
  switch (PQresultStatus(result.get())) {
    case PGRES_PIPELINE_SYNC: {
      Ticket finished = std::move(ticket);
      // The caller points to the ticket's place, which goes away here.
      in_flight_.pop_front();
      finish_ticket(std::move(finished));
      return;
    }
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      ticket.results.emplace_back(result.release());
      return;
    case PGRES_PIPELINE_ABORTED:
      return;  // follows an error in the same segment
    default:
      if (!ticket.error) ticket.error = error_of(result.get());
      if (ends_connection(ticket.error->code)) last_error_ = ticket.error;
  }
}

void PgConnection::finish_ticket(Ticket ticket) {
  figures_.record(reactor_.now() - ticket.sent_at, ticket.error.has_value());
  if (!ticket.prepares.empty() && ticket.error) {
    prepared_.erase(ticket.prepares);  // to be tried again, perhaps after a migration
    log_.error("db.prepare_failed", {{"statement", ticket.prepares},
                                     {"detail", ticket.error->detail},
                                     {"code", ticket.error->code}});
  }
  if (ticket.is_setup && ticket.error) last_error_ = ticket.error;
  if (ticket.is_setup && !ticket.error) backoff_.reset();
  if (ticket.caller == nullptr) return;
  if (ticket.error) {
    ticket.caller->finish(std::unexpected(std::move(*ticket.error)));
  } else {
    ticket.caller->finish(std::move(ticket.results));
  }
}

void PgConnection::fail_all(const Error& error) {
  for (Ticket& ticket : std::exchange(in_flight_, {})) {
    if (ticket.caller != nullptr) ticket.caller->finish(std::unexpected(error));
  }
  for (Waiting& waiting : std::exchange(waiting_, {})) {
    if (waiting.caller != nullptr) waiting.caller->finish(std::unexpected(error));
  }
}

}  // namespace ringtalk::db
