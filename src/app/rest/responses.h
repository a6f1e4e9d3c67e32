// The responses that REST is made of. Pure functions, any thread. What comes from the API is for
// whoever asked, at that moment: no cache may keep it.
#pragma once

#include <string>
#include <string_view>

#include "app/protocol/problem.h"
#include "http/message.h"

namespace ringtalk::app::rest {

[[nodiscard]] http::Response json_response(int status, std::string body);
/// 201 with the `Location` of what was made.
[[nodiscard]] http::Response created_response(std::string_view location, std::string body);
[[nodiscard]] http::Response no_content_response();

/// `application/problem+json`, with the headers that belong to its status: WWW-Authenticate,
/// Retry-After, or the version of WebSocket that is spoken here. (Allow is the caller's.)
[[nodiscard]] http::Response problem_response(const protocol::Problem& problem,
                                              std::string_view request_id);

/// The same for what the HTTP connection could not read.
[[nodiscard]] protocol::Problem problem_of(const http::RequestError& error);

}  // namespace ringtalk::app::rest
