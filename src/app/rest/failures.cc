#include "app/rest/failures.h"

#include <string>

namespace ringtalk::app::rest {

using protocol::ErrorCode;
using protocol::Problem;

std::unexpected<Problem> failure(reactor::Log& log, const Call& call, const reactor::Error& error) {
  switch (error.kind) {
    case reactor::ErrorKind::kUnavailable:
    case reactor::ErrorKind::kTimedOut:
    case reactor::ErrorKind::kOverloaded:
    case reactor::ErrorKind::kClosed:
      return refusal(ErrorCode::kUnavailable);
    default:
      log.error("http.failed", {{"request_id", call.request_id},
                                {"kind", reactor::to_string(error.kind)},
                                {"code", error.code},
                                {"detail", error.detail}});
      return refusal(ErrorCode::kInternal);
  }
}

std::unexpected<Problem> internal_failure(reactor::Log& log, const Call& call,
                                          std::string_view what) {
  log.error("http.failed", {{"request_id", call.request_id}, {"detail", what}});
  return refusal(ErrorCode::kInternal);
}

std::unexpected<Problem> refusal(ErrorCode code, std::string_view detail) {
  return std::unexpected(Problem{.code = code, .detail = std::string(detail)});
}

std::unexpected<Problem> invalid(std::string_view field, std::string_view detail) {
  return std::unexpected(
      protocol::validation_problem({{.field = std::string(field), .detail = std::string(detail)}}));
}

std::unexpected<Problem> not_found() {
  return refusal(ErrorCode::kNotFound);
}

}  // namespace ringtalk::app::rest
