#include "db/pool.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace ringtalk::db {

namespace {

// All that a shard writes stands behind a writer that waits for a row.
constexpr std::chrono::milliseconds kWriterLockTimeoutMax{500};

PgOptions writer_options(PgOptions options) {
  options.lock_timeout = std::min(options.lock_timeout, kWriterLockTimeoutMax);
  return options;
}

}  // namespace

Pool::Pool(reactor::Reactor& reactor, reactor::Log& log, PgOptions options)
    : writer_(reactor, log, writer_options(options), "writer"),
      reader_(reactor, log, options, "reader"),
      hot_lane_(reactor, log, options, "hot_lane") {}

void Pool::open() {
  writer_.open();
  reader_.open();
}

reactor::Task<void> Pool::close() {
  co_await writer_.close();
  co_await reader_.close();
  co_await hot_lane_.close();
}

PgConnection& Pool::hot_lane() {
  if (!is_hot_lane_open_) hot_lane_.open();
  is_hot_lane_open_ = true;
  return hot_lane_;
}

void Pool::note_stored(std::size_t messages) {
  constexpr std::array<std::uint64_t, 3> kSizes = {1'000, 10'000, 100'000};
  const std::uint64_t before = stored_;
  stored_ += messages;
  const bool grew = std::ranges::any_of(
      kSizes, [&](std::uint64_t size) { return before < size && size <= stored_; });
  if (!grew) return;
  writer_.discard_plans();
  reader_.discard_plans();
}

}  // namespace ringtalk::db
