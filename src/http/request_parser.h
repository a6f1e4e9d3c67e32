// Reads HTTP/1.0 and 1.1 requests (RFC 9112) from bytes that come in any cut: llhttp in strict
// mode, and in front of it the checks that llhttp 8.1 leaves out. One parser a connection, pinned;
// reset() makes it ready for the next request and keeps its memory. No I/O, no clock.
//
// feed() takes bytes up to the next outcome and never past the end of the request, so pipelined
// bytes, and those of an upgraded protocol, stay with the caller:
//   need_more         all bytes are taken; come back with more.
//   headers_complete  a body follows. Now is the time to send 100 Continue, to refuse, to set
//                     another body limit or to discard the body; then feed the rest, if only "".
//                     A request without a body goes straight to complete.
//   complete          request() is whole. Then reset().
//   error             see error(); answer it and close, for the end of the request is unknown.
// The outcomes and their contents do not depend on how the bytes were cut.
//
// Refused, against request smuggling (§11.2): bare CR or LF, obs-fold, control bytes, any second
// Content-Length, Content-Length beside Transfer-Encoding, a coding other than "chunked" (501),
// Transfer-Encoding in HTTP/1.0, a missing, second or odd Host, a Host unlike an absolute target.
// Methods that message.h does not know are 501, versions other than 1.0 and 1.1 are 505. A POST
// without a length has an empty body (§6.3): nothing is 411 here. Trailers are read and dropped.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/line_section.h"
#include "http/message.h"
#include "http/request_head.h"

namespace ringtalk::http {

struct RequestLimits {
  std::size_t request_line_bytes_max = 8 * 1024;  // without CRLF; past it 414 uri_too_long
  std::size_t header_bytes_max = 16 * 1024;       // with CRLFs; past it 431 headers_too_large
  std::size_t header_count_max = 100;             // past it 431, too; both hold for trailers again
  std::uint64_t body_bytes_max = 64 * 1024;       // past it 413 too_large
};

class RequestParser {
 public:
  enum class Outcome { need_more, headers_complete, complete, error };

  struct Progress {
    Outcome outcome = Outcome::need_more;
    std::size_t consumed = 0;  // of the bytes given to this feed()
  };

  explicit RequestParser(const RequestLimits& limits = {});
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  Progress feed(std::string_view bytes);

  // Its head is there from headers_complete on, its body with complete; both until reset().
  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] const RequestError& error() const { return error_; }

  // Until reset(), and only at headers_complete.
  void set_body_bytes_max(std::uint64_t body_bytes_max) { body_bytes_max_ = body_bytes_max; }
  void discard_body() { keeps_body_ = false; }  // read and counted, not kept

  // Body bytes read so far, kept or not.
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

  // Has no byte of a request come yet? Tells an idle connection from a slow one.
  [[nodiscard]] bool is_idle() const { return head_.is_untouched(); }

  void reset();

 private:
  enum class Phase { head, body_announced, counted_body, chunked_body, trailers, complete, failed };
  struct Callbacks;  // what llhttp calls

  // Each takes what is its own from the front of `bytes` and sets the next phase.
  void take_head(std::string_view& bytes);
  void take_counted_body(std::string_view& bytes);
  void take_chunks(std::string_view& bytes);
  void take_trailers(std::string_view& bytes);

  bool collect(LineSection& section, std::string_view& bytes);
  void finish_head();
  void begin_body();
  void append_body(std::string_view bytes);
  void count_chunk_line(std::size_t bytes);

  bool accept(const HeadVerdict& verdict);
  void fail(RequestError error);
  void fail_malformed(std::string_view detail);
  void fail_too_large();

  const RequestLimits limits_;
  Phase phase_ = Phase::head;
  llhttp_t llhttp_;
  LineSection head_;
  LineSection trailers_;
  Request request_;
  RequestError error_;

  std::string_view header_name_;  // of the field under way, in head_
  std::string_view header_value_;

  std::uint64_t body_bytes_max_;
  std::uint64_t body_bytes_ = 0;
  bool keeps_body_ = true;
  bool is_chunked_ = false;
  std::uint64_t content_length_ = 0;
  bool is_in_chunk_line_ = true;
  std::size_t chunk_line_bytes_ = 0;
};

}  // namespace ringtalk::http
