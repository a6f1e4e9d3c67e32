#include "app/rest/responses.h"

#include <fmt/format.h>

#include <utility>

#include "app/limits.h"

namespace ringtalk::app::rest {

namespace {

using protocol::ErrorCode;

http::Response response_of(int status, std::string_view content_type, std::string body) {
  http::Response response{.status = status, .body = std::move(body)};
  response.headers.add("Content-Type", content_type);
  response.headers.add("Cache-Control", "no-store");
  return response;
}

}  // namespace

http::Response json_response(int status, std::string body) {
  return response_of(status, "application/json", std::move(body));
}

http::Response created_response(std::string_view location, std::string body) {
  http::Response response = json_response(201, std::move(body));
  response.headers.add("Location", location);
  return response;
}

http::Response no_content_response() {
  http::Response response{.status = 204};
  response.headers.add("Cache-Control", "no-store");
  return response;
}

http::Response problem_response(const protocol::Problem& problem, std::string_view request_id) {
  const int status = protocol::traits_of(problem.code).status;
  protocol::Problem complete = problem;
  if (!complete.retry_after && problem.code == ErrorCode::kUnavailable) {
    complete.retry_after = limits::kRetryAfter;
  }
  std::string body;
  protocol::append_problem(body, complete, request_id);
  http::Response response = response_of(status, "application/problem+json", std::move(body));
  if (status == 401) response.headers.add("WWW-Authenticate", "Bearer");
  if (complete.retry_after) {
    response.headers.add("Retry-After",
                         fmt::format("{}", protocol::retry_after_seconds(*complete.retry_after)));
  }
  if (problem.code == ErrorCode::kUpgradeRequired) {
    response.headers.add("Upgrade", "websocket");
    response.headers.add("Sec-WebSocket-Version", "13");
  }
  return response;
}

protocol::Problem problem_of(const http::RequestError& error) {
  return {.code = protocol::error_code_of(error.code).value_or(ErrorCode::kMalformedRequest),
          .detail = error.detail};
}

}  // namespace ringtalk::app::rest
