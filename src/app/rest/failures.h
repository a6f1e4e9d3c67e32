// What a client hears when a store, or the worker pool, has failed. Internal errors are written to
// the log with the request id, and the client hears nothing but that id.
#pragma once

#include "app/protocol/problem.h"
#include "app/rest/call.h"
#include "reactor/log.h"
#include "reactor/result.h"

namespace ringtalk::app::rest {

/// 503 `unavailable` for what may well succeed later (the database is away, is late, is busy; a
/// queue is full), else 500 `internal`.
[[nodiscard]] std::unexpected<protocol::Problem> failure(reactor::Log& log, const Call& call,
                                                         const reactor::Error& error);

/// 500 for something that must not be, such as an unreadable row.
[[nodiscard]] std::unexpected<protocol::Problem> internal_failure(reactor::Log& log,
                                                                  const Call& call,
                                                                  std::string_view what);

[[nodiscard]] std::unexpected<protocol::Problem> refusal(protocol::ErrorCode code,
                                                         std::string_view detail = {});
[[nodiscard]] std::unexpected<protocol::Problem> invalid(std::string_view field,
                                                         std::string_view detail);
[[nodiscard]] std::unexpected<protocol::Problem> not_found();

}  // namespace ringtalk::app::rest
