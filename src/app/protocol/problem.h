// Every error that a client can meet: its stable word, HTTP status, title, and whether to try
// again. Values; any thread. Written as RFC 9457 `application/problem+json`. `type` is always
// "about:blank", so `title` is the status phrase (RFC 9457 §4.2.1); a client programs against
// `code`, a person reads `detail`.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringtalk::app::protocol {

enum class ErrorCode : std::uint8_t {
  kValidationFailed,
  kMalformedJson,
  kMalformedRequest,
  kUnauthenticated,
  kInvalidCredentials,
  kTokenExpired,
  kForbidden,
  kNotFound,
  kMethodNotAllowed,
  kRequestTimeout,
  kEmailTaken,
  kKeyReused,
  kLengthRequired,
  kTooLarge,
  kUriTooLong,
  kUnsupportedMediaType,
  kUpgradeRequired,
  kRateLimited,
  kHeadersTooLarge,
  kInternal,
  kNotImplemented,
  kUnavailable,
  kHttpVersion,
};

inline constexpr std::size_t kErrorCodeCount =
    static_cast<std::size_t>(ErrorCode::kHttpVersion) + 1;

struct ErrorTraits {
  ErrorCode code;
  std::string_view word;    // `code` in the body
  int status;               // HTTP
  std::string_view title;   // the phrase of the status
  bool is_retryable;        // the very same request may succeed later
  std::string_view detail;  // said when the problem brings no words of its own
};

const ErrorTraits& traits_of(ErrorCode code);
std::optional<ErrorCode> error_code_of(std::string_view word);

// What is wrong with one member of a body, parameter of a query, or header.
// `field` is the member's name, "memberIds[3]" in a list, and "" for the body as a whole.
struct FieldError {
  std::string field;
  std::string detail;

  friend bool operator==(const FieldError&, const FieldError&) = default;
};

struct Problem {
  ErrorCode code = ErrorCode::kInternal;
  std::string detail;  // empty: the words of the code's traits
  std::vector<FieldError> errors;
  std::optional<std::chrono::milliseconds> retry_after;
};

template <class T>
using Parsed = std::expected<T, Problem>;

// A `validation_failed` whose detail names the first of `errors` (at least one).
Problem validation_problem(std::vector<FieldError> errors);

std::string_view detail_of(const Problem& problem);
// The value of a Retry-After header, rounded up to whole seconds, at least 1.
std::int64_t retry_after_seconds(std::chrono::milliseconds retry_after);
// Appends the body. `instance` is left out: `requestId` does its work.
void append_problem(std::string& out, const Problem& problem, std::string_view request_id);

}  // namespace ringtalk::app::protocol
