// Writes responses as HTTP/1.1 bytes (RFC 9112 §4) at the end of a buffer that the caller owns and
// may be filling for several pipelined requests. Adds what belongs to the message rather than to
// its meaning: Date, Content-Length, Connection. Pure functions; the caller brings the date.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/message.h"

namespace ringtalk::http {

// What the writer must know about the request that is answered.
struct ResponseContext {
  int version_minor = 1;
  bool keep_alive = true;  // the request's; Response::close overrules it
  bool is_head = false;    // the same head as for GET, Content-Length included, and no body
  std::string_view date;   // from http_date(), made once a second
};

// Header fields with a CR, LF or NUL, the writer's own fields, or a body where there can be none
// (1xx, 204, 304) are bugs: they abort. A 101 brings its own Connection field.
void write_response(std::string& out, const Response& response, const ResponseContext& context);

// 100 Continue, after which the client sends its body (RFC 9110 §10.1.1).
void write_continue(std::string& out);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7).
[[nodiscard]] std::string http_date(std::chrono::system_clock::time_point time);

// "Not Found" for 404; empty for a status that this server never sends.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace ringtalk::http
