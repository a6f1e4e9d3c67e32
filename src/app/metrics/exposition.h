// The page behind /metrics: every figure of the server in Prometheus' text format, each with its
// help. Pure, but for what it is given; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/metrics/process_figures.h"
#include "app/metrics/shard_figures.h"

namespace ringtalk::app::metrics {

/// What is true of the process as a whole.
struct ServerFigures {
  std::string_view version;
  std::string_view backend;  // "io_uring", "epoll"
  std::uint64_t shards = 0;
  std::uint64_t worker_jobs_waiting = 0;
  std::uint64_t log_events_dropped = 0;
  ProcessFigures process;
};

/// Appends the page: `sum` is that of all shards.
void append_exposition(std::string& out, const ShardFigures& sum, const ServerFigures& server);

inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace ringtalk::app::metrics
