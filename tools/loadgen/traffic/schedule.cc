#include "loadgen/traffic/schedule.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ringtalk::loadgen {
namespace {

using Seconds = std::chrono::duration<double>;

// The rate counts as constant for so long.
constexpr double kStep = 0.01;

std::chrono::nanoseconds to_nanoseconds(double seconds) {
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

}  // namespace

Schedule::Schedule(Rate rate, std::chrono::nanoseconds end, std::uint64_t seed)
    : rate_(std::move(rate)), end_(Seconds(end).count()), random_(seed) {}

std::optional<std::chrono::nanoseconds> Schedule::next() {
  double left = random_.exponential();  // arrivals that are to be expected until the next one
  while (at_ < end_) {
    const double rate = rate_(to_nanoseconds(at_));
    const double step_end = (std::floor(at_ / kStep) + 1) * kStep;
    const double expected = rate * (step_end - at_);
    if (expected >= left) {
      at_ += left / rate;
      if (at_ >= end_) return std::nullopt;
      return to_nanoseconds(at_);
    }
    left -= expected;
    at_ = std::max(step_end, std::nextafter(at_, end_));
  }
  return std::nullopt;
}

Schedule::Rate ramped(double full, std::chrono::nanoseconds ramp) {
  if (ramp.count() <= 0) return [full](std::chrono::nanoseconds) { return full; };
  return [full, ramp](std::chrono::nanoseconds since_start) {
    return full * std::min(1.0, Seconds(since_start) / Seconds(ramp));
  };
}

}  // namespace ringtalk::loadgen
