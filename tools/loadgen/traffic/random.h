// Random: small, fast, repeatable numbers (splitmix64, of which each seed gives another stream).
// Not for secrets. A value of one thread.
#pragma once

#include <cmath>
#include <cstdint>

namespace ringtalk::loadgen {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) { next(); }

  std::uint64_t next() {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15U);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }
  /// 0 ≤ result < bound; `bound` is at least 1.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
  }
  /// 0 ≤ result < 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// The time to the next of events that come once in 1 on average, each on its own.
  double exponential() { return -std::log(1.0 - unit()); }

 private:
  std::uint64_t state_;
};

}  // namespace ringtalk::loadgen
