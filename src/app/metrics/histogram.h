// Histogram: how long something took, in fixed buckets from 100 µs to 10 s, each two or two and a
// half times as wide as the one before it. A plain value, on one thread; sums of several are made
// by add().
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ringtalk::app::metrics {

class Histogram {
 public:
  /// Upper bounds, included. What took longer lies in one more bucket, without a bound.
  static constexpr std::array<std::int64_t, 16> kBoundsUs{
      100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
      50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};

  void observe(std::chrono::nanoseconds duration) {
    const auto us = std::chrono::ceil<std::chrono::microseconds>(duration).count();
    const auto bound = std::ranges::lower_bound(kBoundsUs, us);
    ++counts_[static_cast<std::size_t>(bound - kBoundsUs.begin())];
    sum_ += duration;
  }

  void add(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
  }

  /// Of each bucket alone, the boundless one last.
  [[nodiscard]] const std::array<std::uint64_t, kBoundsUs.size() + 1>& counts() const {
    return counts_;
  }
  [[nodiscard]] std::chrono::nanoseconds sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBoundsUs.size() + 1> counts_{};
  std::chrono::nanoseconds sum_{};
};

}  // namespace ringtalk::app::metrics
