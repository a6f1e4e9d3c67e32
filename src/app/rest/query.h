// The query of a call, decoded. A bad encoding or a name given twice is 400 `malformed_request`.
// A pure function; any thread.
#pragma once

#include <utility>

#include "app/protocol/problem.h"
#include "app/rest/call.h"
#include "app/rest/responses.h"
#include "http/target.h"

namespace ringtalk::app::rest {

[[nodiscard]] inline protocol::Parsed<http::QueryParameters> read_query(const Call& call) {
  auto parameters = http::query_parameters(call.request.query);
  if (!parameters) return std::unexpected(problem_of(parameters.error()));
  return std::move(*parameters);
}

}  // namespace ringtalk::app::rest
