#include "app/protocol/problem.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "app/protocol/json_writer.h"

namespace ringtalk::app::protocol {

namespace {

using enum ErrorCode;

constexpr bool kRetry = true;
constexpr bool kFinal = false;

constexpr std::array<ErrorTraits, kErrorCodeCount> kTraits{{
    {kValidationFailed, "validation_failed", 400, "Bad Request", kFinal,
     "the request is not valid"},
    {kMalformedJson, "malformed_json", 400, "Bad Request", kFinal, "the body is not valid JSON"},
    {kMalformedRequest, "malformed_request", 400, "Bad Request", kFinal,
     "the request is not valid HTTP"},
    {kUnauthenticated, "unauthenticated", 401, "Unauthorized", kFinal,
     "a valid bearer token is needed"},
    {kInvalidCredentials, "invalid_credentials", 401, "Unauthorized", kFinal,
     "the email address or the password is wrong"},
    {kTokenExpired, "token_expired", 401, "Unauthorized", kFinal, "the token has expired"},
    {kForbidden, "forbidden", 403, "Forbidden", kFinal, "you may not do this"},
    {kNotFound, "not_found", 404, "Not Found", kFinal, "there is nothing here"},
    {kMethodNotAllowed, "method_not_allowed", 405, "Method Not Allowed", kFinal,
     "this path does not know that method"},
    {kRequestTimeout, "request_timeout", 408, "Request Timeout", kRetry,
     "the request did not arrive in time"},
    {kEmailTaken, "email_taken", 409, "Conflict", kFinal,
     "somebody has registered with this email address"},
    {kKeyReused, "key_reused", 409, "Conflict", kFinal,
     "this key belongs to another message of the conversation"},
    {kLengthRequired, "length_required", 411, "Length Required", kFinal,
     "the request needs a Content-Length"},
    {kTooLarge, "too_large", 413, "Content Too Large", kFinal, "the body is too large"},
    {kUriTooLong, "uri_too_long", 414, "URI Too Long", kFinal, "the request line is too long"},
    {kUnsupportedMediaType, "unsupported_media_type", 415, "Unsupported Media Type", kFinal,
     "the body must be application/json"},
    {kUpgradeRequired, "upgrade_required", 426, "Upgrade Required", kFinal,
     "this path speaks WebSocket version 13"},
    {kRateLimited, "rate_limited", 429, "Too Many Requests", kRetry, "too many requests"},
    {kHeadersTooLarge, "headers_too_large", 431, "Request Header Fields Too Large", kFinal,
     "the headers are too large or too many"},
    {kInternal, "internal", 500, "Internal Server Error", kFinal, "something went wrong here"},
    {kNotImplemented, "not_implemented", 501, "Not Implemented", kFinal,
     "the server does not know how to do this"},
    {kUnavailable, "unavailable", 503, "Service Unavailable", kRetry,
     "the service is not available for the moment"},
    {kHttpVersion, "http_version", 505, "HTTP Version Not Supported", kFinal,
     "the server speaks HTTP/1.1 and HTTP/1.0"},
}};

consteval bool stands_in_the_order_of_codes() {
  for (std::size_t i = 0; i < kTraits.size(); ++i) {
    if (std::to_underlying(kTraits[i].code) != i) return false;
  }
  return true;
}
static_assert(stands_in_the_order_of_codes());

}  // namespace

const ErrorTraits& traits_of(ErrorCode code) {
  assert(std::to_underlying(code) < kTraits.size());
  return kTraits[std::to_underlying(code)];
}

std::optional<ErrorCode> error_code_of(std::string_view word) {
  const auto found = std::ranges::find(kTraits, word, &ErrorTraits::word);
  if (found == kTraits.end()) return std::nullopt;
  return found->code;
}

Problem validation_problem(std::vector<FieldError> errors) {
  assert(!errors.empty());
  const FieldError& first = errors.front();
  std::string detail = (first.field.empty() ? "the body" : first.field) + " " + first.detail;
  return {.code = kValidationFailed, .detail = std::move(detail), .errors = std::move(errors)};
}

std::string_view detail_of(const Problem& problem) {
  return problem.detail.empty() ? traits_of(problem.code).detail : problem.detail;
}

std::int64_t retry_after_seconds(std::chrono::milliseconds retry_after) {
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(retry_after).count());
}

void append_problem(std::string& out, const Problem& problem, std::string_view request_id) {
  const ErrorTraits& traits = traits_of(problem.code);
  JsonWriter json(out);
  json.begin_object();
  json.text("type", "about:blank");
  json.text("title", traits.title);
  json.number("status", traits.status);
  json.text("code", traits.word);
  json.text("detail", detail_of(problem));
  json.key("errors").begin_array();
  for (const FieldError& error : problem.errors) {
    json.begin_object();
    json.text("field", error.field);
    json.text("detail", error.detail);
    json.end_object();
  }
  json.end_array();
  json.text("requestId", request_id);
  json.boolean("retryable", traits.is_retryable);
  if (problem.retry_after) json.number("retryAfterMs", problem.retry_after->count());
  json.end_object();
}

}  // namespace ringtalk::app::protocol
