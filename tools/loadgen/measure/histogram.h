// Histogram: how long something took, from 100 ns to an hour, in log-linear buckets: three digits
// stay true whatever the size (the shape of HdrHistogram). A plain value of about 200 KiB, on one
// thread; those of several threads are joined by add().
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace ringtalk::loadgen {

class Histogram {
 public:
  using Duration = std::chrono::nanoseconds;
  static constexpr Duration kUnit = std::chrono::nanoseconds(100);
  static constexpr Duration kMax = std::chrono::hours(1);  // longer ones are counted as this

  Histogram();

  void record(Duration value, std::uint64_t times = 1);
  void add(const Histogram& other);
  void clear();

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Exact; zero when nothing was recorded.
  [[nodiscard]] Duration min() const;
  [[nodiscard]] Duration max() const { return max_; }
  [[nodiscard]] Duration mean() const;
  /// The least value that `percent` of the values do not exceed; 0 ≤ percent ≤ 100.
  [[nodiscard]] Duration percentile(double percent) const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  Duration sum_{};
  Duration min_ = kMax;
  Duration max_{};
};

}  // namespace ringtalk::loadgen
