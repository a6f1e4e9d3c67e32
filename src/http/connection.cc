#include "http/connection.h"

#include <algorithm>
#include <utility>

#include "reactor/linger.h"

namespace ringtalk::http {
namespace {

using reactor::Deadline;
using reactor::Task;

// Answers that wait unsent before the next request is read: pipelining must not fill our memory.
constexpr std::size_t kUnsentBytesMax = 256 * 1024;

}  // namespace

Connection::Connection(const Environment& environment, reactor::ByteStream& stream)
    : environment_(environment),
      stream_(stream),
      out_(environment.reactor, stream, environment.time_limits.send),
      parser_(environment.limits) {
  exchange_.peer_address = stream.peer_address();
}

Task<std::optional<Upgrade>> Connection::serve() {
  std::optional<Upgrade> upgrade;
  while (!closes_) {
    const Reading reading = co_await read_request();
    if (reading == Reading::kEnd) break;
    if (reading == Reading::kUpgrade) {
      upgrade = Upgrade{.request = parser_.request(),
                        .rest = reactor::Chunk::copy_of(std::as_bytes(std::span(input_)))};
      break;
    }
    if (reading == Reading::kRequest) co_await answer_request();
    parser_.reset();
    if (!(co_await out_.drained(kUnsentBytesMax))) break;
  }
  const auto all_sent = co_await out_.drained();
  co_await drain_scope_.join();
  if (all_sent && closes_) co_await reactor::linger(environment_.reactor, stream_);
  if (!all_sent) upgrade.reset();
  co_return upgrade;
}

void Connection::drain() {
  if (std::exchange(is_draining_, true) || !is_resting_) return;
  drain_scope_.spawn(end_rest());
}

// The last answer may not have left yet. A request that comes meanwhile is answered as the last.
Task<void> Connection::end_rest() {
  static_cast<void>(co_await out_.drained());
  if (is_resting_) stream_.abort();
}

// Reads up to the end of one request. What follows it stays in input_, in memory of our own: the
// answer may take its time.
Task<Connection::Reading> Connection::read_request() {
  using Outcome = RequestParser::Outcome;
  const TimeLimits& limits = environment_.time_limits;
  Deadline deadline = environment_.reactor.after(limits.idle);
  has_head_ = false;
  while (true) {
    if (input_.empty() && !(co_await receive(deadline))) {
      co_return closes_ ? Reading::kRefused : Reading::kEnd;
    }
    const bool was_idle = parser_.is_idle();
    RequestParser::Progress progress = feed();
    if (was_idle) deadline = environment_.reactor.after(limits.header);
    if (progress.outcome == Outcome::headers_complete) {
      deadline = environment_.reactor.after(limits.body);
      progress = begin_body();
    }
    if (progress.outcome == Outcome::complete) {
      keep_input();
      co_return parser_.request().is_upgrade ? Reading::kUpgrade : Reading::kRequest;
    }
    if (progress.outcome == Outcome::error) {
      refuse(parser_.error());
      co_return Reading::kRefused;
    }
  }
}

// False when there is nothing more to read: the end, or a request that did not come in time.
Task<bool> Connection::receive(Deadline deadline) {
  chunk_.release();
  const bool is_resting = parser_.is_idle();
  if (is_resting && is_draining_) co_return false;
  is_resting_ = is_resting;
  auto received = co_await stream_.receive(deadline);
  is_resting_ = false;
  if (!received) {
    const bool is_late = received.error().kind == reactor::ErrorKind::kTimedOut && !is_resting;
    if (is_late) refuse({408, "request_timeout", "the request did not arrive in time"});
    co_return false;
  }
  chunk_ = std::move(*received);
  input_ = chunk_.text();
  co_return !chunk_.empty();
}

RequestParser::Progress Connection::feed() {
  const RequestParser::Progress progress = parser_.feed(input_);
  input_.remove_prefix(progress.consumed);
  return progress;
}

// The head is there: plans its body, reads what of it has come already, and asks for the rest if
// the client waits to be asked (RFC 9110 §10.1.1).
RequestParser::Progress Connection::begin_body() {
  has_head_ = true;
  const BodyPlan plan = environment_.service.plan_body(parser_.request());
  parser_.set_body_bytes_max(plan.bytes_max);
  if (plan.discard) parser_.discard_body();
  const RequestParser::Progress progress = feed();
  const bool waits_for_us = progress.outcome == RequestParser::Outcome::need_more &&
                            parser_.body_bytes() == 0 && parser_.request().expect_continue;
  if (waits_for_us) {
    std::string invitation;
    write_continue(invitation);
    out_.push(invitation);
  }
  return progress;
}

void Connection::keep_input() {
  if (input_.empty()) {
    chunk_.release();
  } else if (chunk_.is_borrowed()) {
    chunk_ = reactor::Chunk::copy_of(std::as_bytes(std::span(input_)));
    input_ = chunk_.text();
  }
}

Task<void> Connection::answer_request() {
  const Request& request = parser_.request();
  exchange_.body_bytes = parser_.body_bytes();
  Response response = co_await environment_.service.answer(request, exchange_);
  if (is_draining_) response.close = true;
  write(response, &request);
}

void Connection::refuse(const RequestError& error) {
  input_ = {};
  chunk_.release();  // the pool has it back before we linger
  const Request* head = has_head_ ? &parser_.request() : nullptr;
  Response response = environment_.service.refuse(head, error);
  response.close = true;  // where the next request begins is anybody's guess
  write(response, head);
}

void Connection::write(const Response& response, const Request* request) {
  ResponseContext context;
  if (request != nullptr) {
    context.version_minor = request->version_minor;
    context.keep_alive = request->keep_alive;
    context.is_head = request->method == Method::kHead;
  }
  context.date = environment_.date.at(environment_.reactor.unix_milliseconds());
  closes_ = response.close || !context.keep_alive;
  std::string& out = out_.tail();
  const std::size_t before = out.size();
  write_response(out, response, context);
  out_.wrote(out.size() - before);
}

}  // namespace ringtalk::http
