// What has to be judged of a request head beside llhttp 8.1, which lets several spaces, RTSP, any
// Host and any Transfer-Encoding that ends in "chunked" pass (RFC 9112 §3, §6.1, §11.2).
// Pure functions for RequestParser; each fills its part of the request or says what is wrong.
#pragma once

#include <expected>
#include <string_view>

#include "http/message.h"

namespace ringtalk::http {

using HeadVerdict = std::expected<void, RequestError>;

// method SP target SP version, without the CRLF: fills method, target and version. 400 for another
// form, 501 for a method that message.h does not know, 505 for a version but 1.0 and 1.1.
[[nodiscard]] HeadVerdict read_request_line(std::string_view line, Request& request);

// Fills path and query from the target, and judges Host beside it: exactly one in HTTP/1.1, at
// most one in 1.0, and none that differs from an absolute target (RFC 9112 §3.2). 400.
[[nodiscard]] HeadVerdict read_target(Request& request);

// A Transfer-Encoding must be the only one, just "chunked" (501), in HTTP/1.1, and without a
// Content-Length beside it (400).
[[nodiscard]] HeadVerdict check_transfer_encoding(const Request& request);

}  // namespace ringtalk::http
