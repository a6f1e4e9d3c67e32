// Service: what answers the requests of http::Connections. Implemented by the application, one a
// shard; called on the shard's thread, one request at a time per connection (pipelined requests
// wait, so answers leave in order).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"
#include "reactor/task.h"

namespace ringtalk::http {

/// What to do with the body that a head announces.
struct BodyPlan {
  std::uint64_t bytes_max = 64 * 1024;  // past it: 413
  bool discard = false;                 // read and counted, but not kept
};

/// What a handler may know of a request beside the request. Lives as long as its answer() runs.
struct Exchange {
  std::string peer_address;      // "127.0.0.1"
  std::uint64_t body_bytes = 0;  // also of a discarded body
};

class Service {
 public:
  virtual ~Service() = default;

  /// Asked once per request, when its head is there and a body follows.
  [[nodiscard]] virtual BodyPlan plan_body(const Request& head) = 0;

  /// Answers a whole request. Request and exchange live until it returns.
  [[nodiscard]] virtual reactor::Task<Response> answer(const Request& request,
                                                       const Exchange& exchange) = 0;

  /// Words for a request that could not be read. `head` is null when not even its head was there.
  [[nodiscard]] virtual Response refuse(const Request* head, const RequestError& error) = 0;
};

}  // namespace ringtalk::http
