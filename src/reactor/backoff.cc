#include "reactor/backoff.h"

#include <algorithm>

namespace ringtalk::reactor {

std::chrono::milliseconds Backoff::next() {
  constexpr int kDoublingsMax = 16;
  const auto doubled = limits_.first * (1LL << std::min(failures_, kDoublingsMax));
  const auto longest = std::min<std::chrono::milliseconds>(doubled, limits_.longest);
  std::uniform_int_distribution<std::int64_t> chance(longest.count() / 2, longest.count());
  ++failures_;
  return std::chrono::milliseconds(chance(random_));
}

}  // namespace ringtalk::reactor
