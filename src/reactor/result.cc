#include "reactor/result.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace ringtalk::reactor {

Error system_error(int os_error, std::string detail) {
  ErrorKind kind = ErrorKind::kSystem;
  if (os_error == ECANCELED) kind = ErrorKind::kCancelled;
  if (os_error == ETIMEDOUT) kind = ErrorKind::kTimedOut;
  if (os_error == ECONNRESET || os_error == EPIPE) kind = ErrorKind::kClosed;
  if (detail.empty()) {
    detail = std::strerror(os_error);
  } else {
    detail += ": ";
    detail += std::strerror(os_error);
  }
  return Error{.kind = kind, .os_error = os_error, .detail = std::move(detail)};
}

const char* to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kClosed:
      return "closed";
    case ErrorKind::kCancelled:
      return "cancelled";
    case ErrorKind::kTimedOut:
      return "timed_out";
    case ErrorKind::kOverloaded:
      return "overloaded";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kSystem:
      return "system";
    case ErrorKind::kProtocol:
      return "protocol";
    case ErrorKind::kInvalid:
      return "invalid";
  }
  return "unknown";
}

void assertion_failed(const char* condition, const char* words, const char* file, int line) {
  std::fprintf(stderr, "ringtalk: bug: %s (%s) at %s:%d\n", words, condition, file, line);
  std::abort();
}

}  // namespace ringtalk::reactor
