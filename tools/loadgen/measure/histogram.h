// Histogram: how long something took, from 100 ns to an hour, in log-linear buckets: three digits
// stay true whatever the size (the shape of HdrHistogram). A plain value on one thread, empty until
// something is recorded and then of about 200 KiB; those of several threads are joined by add().
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

  /// What was recorded between the bucket before and `up_to`, which belongs to it.
  struct Bucket {
    Duration up_to;
    std::uint64_t count;
  };
  /// All of a histogram, to be written down and read back.
  struct Parts {
    std::vector<Bucket> buckets;  // only those that hold something, rising
    Duration min, max;
    double sum_ns;
  };

  void record(Duration value, std::uint64_t times = 1);
  void add(const Histogram& other);
  void clear();

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Exact; zero when nothing was recorded.
  [[nodiscard]] Duration min() const { return count_ == 0 ? Duration{} : min_; }
  [[nodiscard]] Duration max() const { return max_; }
  [[nodiscard]] Duration mean() const;
  /// The least value that `percent` of the values do not exceed; 0 ≤ percent ≤ 100. Too long by
  /// less than a thousandth or kUnit, never too short; exact at 100.
  [[nodiscard]] Duration percentile(double percent) const;
  /// How many values were at most this long, to the bucket.
  [[nodiscard]] std::uint64_t count_up_to(Duration value) const;

  [[nodiscard]] Parts parts() const;
  [[nodiscard]] static Histogram from_parts(const Parts& parts);

 private:
  std::vector<std::uint64_t> counts_;  // empty, or of all buckets
  std::size_t first_ = 0, end_ = 0;    // buckets in use lie in [first_, end_)
  std::uint64_t count_ = 0;
  double sum_ns_ = 0;
  Duration min_ = kMax;
  Duration max_{};
};

}  // namespace ringtalk::loadgen
