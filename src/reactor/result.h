// How expected failures travel: as values. `Result<T>` is what every fallible function of Ringtalk
// returns; bugs are asserts (kept in release builds), exceptions are not used for flow.
// Values: any thread may hold them.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace ringtalk::reactor {

enum class ErrorKind : std::uint8_t {
  kClosed,       // the other side, or our own close(), ended it
  kCancelled,    // we asked for the end of this operation
  kTimedOut,     // the deadline passed first
  kOverloaded,   // a bounded queue was full: try again later
  kUnavailable,  // a dependency (database, cache) is away
  kSystem,       // a system call failed: `os_error` says how
  kProtocol,     // the peer broke its protocol
  kInvalid,      // the request itself can never succeed
};

struct Error {
  ErrorKind kind = ErrorKind::kSystem;
  int os_error = 0;    // errno, or 0
  std::string detail;  // for people; no secrets
  std::string code{};  // of the other side, where it has one: a SQLSTATE; else empty
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string detail = {}) {
  return std::unexpected(Error{.kind = kind, .detail = std::move(detail)});
}

/// An errno as an Error. ECANCELED, ETIMEDOUT, ECONNRESET and EPIPE get their own kinds.
[[nodiscard]] Error system_error(int os_error, std::string detail = {});

/// A word for logs: "closed", "timed_out", …
[[nodiscard]] const char* to_string(ErrorKind kind);

/// An assert that release builds keep: a bug ends the process with its place and words.
#define RINGTALK_ASSERT(condition, words) \
  (static_cast<bool>(condition)           \
       ? void(0)                          \
       : ::ringtalk::reactor::assertion_failed(#condition, (words), __FILE__, __LINE__))

[[noreturn]] void assertion_failed(const char* condition, const char* words, const char* file,
                                   int line);

}  // namespace ringtalk::reactor
