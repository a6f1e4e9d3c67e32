#include "http/client_connection.h"

#include <utility>

namespace ringtalk::http {

using reactor::Error;
using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

ClientConnection::ClientConnection(reactor::Reactor& reactor, reactor::ByteStream& stream,
                                   const ClientOptions& options)
    : reactor_(reactor),
      stream_(stream),
      options_(options),
      out_(reactor, stream, options.answer_timeout),
      parser_(options.limits),
      timer_(*this) {
  scope_.spawn(read());
}

Task<Result<Response>> ClientConnection::ask(OutgoingRequest request) {
  ++waiting_;
  if (!is_free()) {
    co_await TurnAwaiter(*this);
    if (admitted_ > 0) --admitted_;  // after a failure nobody is admitted
  }
  --waiting_;
  if (failure_) co_return std::unexpected(*failure_);

  Question question{.method = request.method};
  in_flight_.push_back(&question);
  if (in_flight_.size() == 1) {
    parser_.expect(question.method);
    restart_timer();
  }
  std::string& tail = out_.tail();
  const std::size_t before = tail.size();
  write_request(tail, request, options_.host);
  out_.wrote(tail.size() - before);
  co_await AnswerAwaiter(question);
  co_return std::move(question.answer);
}

Task<void> ClientConnection::close() {
  fail({.kind = ErrorKind::kClosed, .detail = "closed by ourselves"});
  co_await scope_.join();
  co_await stream_.close();
}

Task<void> ClientConnection::read() {
  while (!failure_) {
    const auto received = co_await stream_.receive();
    if (failure_) co_return;
    if (!received) {
      fail(received.error());
    } else if (!received->empty()) {
      take(received->text());
    } else if (!in_flight_.empty() && parser_.finish() == ResponseParser::Outcome::complete) {
      answer_first();
      fail({.kind = ErrorKind::kClosed, .detail = "the server has closed the connection"});
    } else {
      fail({.kind = ErrorKind::kClosed, .detail = "the server has closed the connection"});
    }
  }
}

void ClientConnection::take(std::string_view bytes) {
  while (!bytes.empty() && !failure_) {
    if (in_flight_.empty()) {
      return fail({.kind = ErrorKind::kProtocol, .detail = "an answer that nobody asked for"});
    }
    const auto progress = parser_.feed(bytes);
    if (progress.outcome == ResponseParser::Outcome::error) {
      return fail({.kind = ErrorKind::kProtocol, .detail = parser_.error()});
    }
    bytes.remove_prefix(progress.consumed);
    if (progress.outcome == ResponseParser::Outcome::complete) answer_first();
  }
}

void ClientConnection::answer_first() {
  Question& question = *in_flight_.front();
  in_flight_.pop_front();
  question.answer = std::move(parser_.response());
  const bool is_last = question.answer->close;
  reactor_.make_ready(question.asker);
  if (!in_flight_.empty()) parser_.expect(in_flight_.front()->method);
  restart_timer();
  if (is_last) {
    fail({.kind = ErrorKind::kClosed, .detail = "the server keeps the connection no longer"});
  } else {
    admit_next();
  }
}

void ClientConnection::restart_timer() {
  if (in_flight_.empty()) return timer_.cancel();
  reactor_.timers().schedule(timer_, reactor_.after(options_.answer_timeout));
}

void ClientConnection::on_timeout() {
  fail({.kind = ErrorKind::kTimedOut, .detail = "no answer in time"});
}

void ClientConnection::fail(Error error) {
  if (failure_) return;
  failure_ = std::move(error);
  timer_.cancel();
  admitted_ = 0;
  for (Question* question : std::exchange(in_flight_, {})) {
    question->answer = std::unexpected(*failure_);
    reactor_.make_ready(question->asker);
  }
  for (const auto asker : std::exchange(queue_, {})) reactor_.make_ready(asker);
  stream_.abort();
}

void ClientConnection::admit_next() {
  if (queue_.empty() || !has_room()) return;
  ++admitted_;
  reactor_.make_ready(queue_.front());
  queue_.pop_front();
}

}  // namespace ringtalk::http
