// Schedule: when the sends of an open loop are meant to leave: a Poisson process, as many people
// make who know nothing of one another, at a rate that may change with time. What the server does
// has no influence on it. A value of one thread; repeatable by its seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "loadgen/traffic/random.h"

namespace ringtalk::loadgen {

class Schedule {
 public:
  /// Arrivals a second at a time since the start; never negative.
  using Rate = std::function<double(std::chrono::nanoseconds since_start)>;

  /// `end`: nothing is meant to leave at or after it.
  Schedule(Rate rate, std::chrono::nanoseconds end, std::uint64_t seed);

  /// The next arrival, since the start; nothing when the end has come.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> next();

 private:
  Rate rate_;
  double at_ = 0;  // seconds
  double end_;
  Random random_;
};

/// From nothing to `full` within `ramp`, then full.
[[nodiscard]] Schedule::Rate ramped(double full, std::chrono::nanoseconds ramp);

}  // namespace ringtalk::loadgen
