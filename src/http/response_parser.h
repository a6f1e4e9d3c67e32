// Reads HTTP/1.0 and 1.1 responses (RFC 9112) from bytes that come in any cut, on llhttp's response
// mode. One parser a connection, pinned; expect() says which request is answered next and keeps the
// memory. Interim responses (1xx, but 101) are passed over. No I/O, no clock.
//
// feed() takes bytes up to the end of a response and never past it, so pipelined answers, and the
// bytes of an upgraded protocol, stay with the caller:
//   need_more  all bytes are taken; come back with more, or with finish() when there are none.
//   complete   response() is whole; expect() the next one.
//   error      see error(): the connection is of no more use.
// The outcomes and their contents do not depend on how the bytes were cut.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace ringtalk::http {

struct ResponseLimits {
  std::size_t header_bytes_max = 16 * 1024;       // names and values, interim responses included
  std::size_t body_bytes_max = 16 * 1024 * 1024;  // what a server may make us hold
};

class ResponseParser {
 public:
  enum class Outcome : std::uint8_t { need_more, complete, error };

  struct Progress {
    Outcome outcome = Outcome::need_more;
    std::size_t consumed = 0;  // of the bytes given to this feed()
  };

  explicit ResponseParser(const ResponseLimits& limits = {});
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  /// Makes ready for the next response. That to HEAD has no body, whatever its head says.
  void expect(Method method);

  Progress feed(std::string_view bytes);
  /// The peer has finished sending: completes a body that ends so (RFC 9112 §6.3), else an error.
  [[nodiscard]] Outcome finish();

  /// Whole once complete, until expect(). `close`: the server sends nothing after it.
  [[nodiscard]] Response& response() { return response_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  struct Callbacks;  // what llhttp calls

  [[nodiscard]] bool add_head_bytes(std::size_t bytes);
  [[nodiscard]] int end_message();
  Outcome fail(std::string why);

  const ResponseLimits limits_;
  llhttp_t llhttp_;
  Response response_;
  std::string header_name_;
  std::string header_value_;
  std::size_t head_bytes_ = 0;
  std::string error_;
  Method method_ = Method::kGet;
  Outcome outcome_ = Outcome::need_more;
};

}  // namespace ringtalk::http
