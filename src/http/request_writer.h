// Writes requests as HTTP/1.1 bytes (RFC 9112 §3), as a client sends them, at the end of a buffer
// that the caller owns and may be filling for several pipelined requests. Adds what belongs to the
// message rather than to its meaning: Host, Content-Length. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace ringtalk::http {

struct OutgoingRequest {
  Method method = Method::kGet;
  std::string target = "/";  // path and query, percent-encoded
  HeaderList headers;        // without Host and Content-Length: the writer adds those
  std::string body;
};

/// `host`: of the server, with its port unless that is 80. Content-Length stands where there is a
/// body, and with the methods that usually have one. A line break or NUL in the target or a header,
/// a blank in the target, and the writer's own fields are bugs: they abort.
void write_request(std::string& out, const OutgoingRequest& request, std::string_view host);

}  // namespace ringtalk::http
