// Connection: HTTP/1.1 on one stream (RFC 9112): reads requests one after the other, has the
// service answer each, writes the answers in order; keep-alive, pipelining, 100 Continue, limits of
// size and time. Owned by the client connection that owns the stream; the reactor's thread. Ends
// with the connection, or when an upgrade is asked for: the stream then belongs to its caller
// again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/date_text.h"
#include "http/message.h"
#include "http/request_parser.h"
#include "http/response_writer.h"
#include "http/service.h"
#include "reactor/byte_stream.h"
#include "reactor/chunk.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/send_queue.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::http {

struct TimeLimits {
  reactor::Duration header = std::chrono::seconds(10);  // from a request's first byte to its head
  reactor::Duration body = std::chrono::seconds(30);    // from the head to the end of the body
  reactor::Duration idle = std::chrono::seconds(75);    // between requests
  reactor::Duration send = std::chrono::seconds(30);    // for the peer to read one write
};

/// A request for another protocol. Bytes that came behind its head belong to that protocol.
struct Upgrade {
  Request request;
  reactor::Chunk rest;
};

class Connection : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    Service& service;
    DateText& date;
    RequestLimits limits;
    TimeLimits time_limits;
  };
  Connection(const Environment& environment, reactor::ByteStream& stream);

  /// Serves until the connection is done (nullopt: the stream may be closed at once) or an upgrade
  /// is asked for (all earlier answers have left).
  [[nodiscard]] reactor::Task<std::optional<Upgrade>> serve();

  /// Answers what was begun, says `Connection: close`, and ends. At rest it ends as soon as the
  /// last answer has left. May be called more than once.
  void drain();

 private:
  enum class Reading { kRequest, kUpgrade, kRefused, kEnd };

  [[nodiscard]] reactor::Task<Reading> read_request();
  [[nodiscard]] reactor::Task<bool> receive(reactor::Deadline deadline);
  [[nodiscard]] reactor::Task<void> answer_request();
  [[nodiscard]] reactor::Task<void> end_rest();
  [[nodiscard]] RequestParser::Progress feed();
  [[nodiscard]] RequestParser::Progress begin_body();
  void refuse(const RequestError& error);
  void write(const Response& response, const Request* request);
  void keep_input();

  const Environment& environment_;
  reactor::ByteStream& stream_;
  reactor::SendQueue out_;
  RequestParser parser_;
  Exchange exchange_;
  reactor::Chunk chunk_;
  std::string_view input_;  // what of chunk_ was not read yet
  reactor::TaskScope drain_scope_;
  bool has_head_ = false;    // of the request being read
  bool is_resting_ = false;  // waits for a request of which no byte has come
  bool is_draining_ = false;
  bool closes_ = false;  // the last answer was written
};

}  // namespace ringtalk::http
