#include "db/pg_figures.h"

#include <algorithm>
#include <bit>
#include <chrono>

namespace ringtalk::db {

void PgFigures::record(reactor::Duration took, bool has_failed) {
  const auto span = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(span, 0));
  const auto bucket = static_cast<std::size_t>(std::bit_width(microseconds));
  ++latency[std::min(bucket, kLatencyBuckets - 1)];
  time_in_flight += took;
  ++answered;
  if (has_failed) ++failed;
}

}  // namespace ringtalk::db
