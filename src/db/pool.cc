#include "db/pool.h"

#include <algorithm>
#include <array>

namespace ringtalk::db {

Pool::Pool(reactor::Reactor& reactor, reactor::Log& log, PgOptions options)
    : writer_(reactor, log, options, "writer"), reader_(reactor, log, options, "reader") {}

void Pool::open() {
  writer_.open();
  reader_.open();
}

reactor::Task<void> Pool::close() {
  co_await writer_.close();
  co_await reader_.close();
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
