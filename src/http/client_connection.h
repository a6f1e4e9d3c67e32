// ClientConnection: the asking side of HTTP/1.1 on one stream: keep-alive, and several requests in
// flight (pipelining, RFC 9112 §9.3.2), whose answers come in order. Owned by whoever asks, beside
// its stream; the reactor's thread. It does not reconnect: when it is over, make another.
//
//   auto response = co_await connection.ask(std::move(request));
//   co_await connection.close();
#pragma once

#include <coroutine>
#include <deque>
#include <optional>
#include <string>

#include "http/request_writer.h"
#include "http/response_parser.h"
#include "reactor/byte_stream.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/send_queue.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::http {

struct ClientOptions {
  std::string host;                                             // as the Host header has it
  std::size_t in_flight_max = 1;                                // more than one: pipelined
  reactor::Duration answer_timeout = std::chrono::seconds(30);  // from one answer to the next
  ResponseLimits limits{};
};

class ClientConnection : reactor::Pinned {
 public:
  /// `stream` is connected; it and `options` outlive this.
  ClientConnection(reactor::Reactor& reactor, reactor::ByteStream& stream,
                   const ClientOptions& options);

  /// The answer, whatever its status. Waits its turn while in_flight_max are in flight. kClosed or
  /// kTimedOut when the connection ended first (the request may have been carried out), kProtocol
  /// when what came was no response.
  [[nodiscard]] reactor::Task<reactor::Result<Response>> ask(OutgoingRequest request);

  /// False once it is of no more use, for whatever reason.
  [[nodiscard]] bool is_open() const { return !failure_; }
  /// Requests without an answer so far, also those that wait for their turn.
  [[nodiscard]] std::size_t unanswered() const { return waiting_ + in_flight_.size(); }

  /// Fails what is unanswered, and closes the stream. Nobody may ask any more.
  [[nodiscard]] reactor::Task<void> close();

 private:
  struct Question {
    Method method = Method::kGet;
    std::coroutine_handle<> asker;
    reactor::Result<Response> answer;
  };
  class AnswerAwaiter {
   public:
    explicit AnswerAwaiter(Question& question) : question_(question) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> asker) { question_.asker = asker; }
    void await_resume() const noexcept {}

   private:
    Question& question_;
  };
  class TurnAwaiter {
   public:
    explicit TurnAwaiter(ClientConnection& connection) : connection_(connection) {}
    [[nodiscard]] bool await_ready() const noexcept { return connection_.is_free(); }
    void await_suspend(std::coroutine_handle<> asker) { connection_.queue_.push_back(asker); }
    void await_resume() const noexcept {}

   private:
    ClientConnection& connection_;
  };
  class AnswerTimer final : public reactor::Timer {
   public:
    explicit AnswerTimer(ClientConnection& connection) : connection_(connection) {}

   private:
    void expired() override { connection_.on_timeout(); }
    ClientConnection& connection_;
  };

  [[nodiscard]] bool has_room() const {
    return in_flight_.size() + admitted_ < options_.in_flight_max;
  }
  /// Nobody else waits who came earlier.
  [[nodiscard]] bool is_free() const { return failure_ || (queue_.empty() && has_room()); }
  [[nodiscard]] reactor::Task<void> read();
  void take(std::string_view bytes);
  void answer_first();
  void restart_timer();
  void on_timeout();
  void fail(reactor::Error error);
  void admit_next();

  reactor::Reactor& reactor_;
  reactor::ByteStream& stream_;
  const ClientOptions& options_;
  reactor::SendQueue out_;
  ResponseParser parser_;
  AnswerTimer timer_;
  std::deque<Question*> in_flight_;  // in the order they were sent; in their askers' frames
  std::deque<std::coroutine_handle<>> queue_;  // wait for their turn
  std::size_t waiting_ = 0;                    // for their turn; some of them
  std::size_t admitted_ = 0;                   // have just been given it
  std::optional<reactor::Error> failure_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::http
