#include "loadgen/measure/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ringtalk::loadgen {

namespace {

// Values are counted in units. The first 2,048 of them have a bucket each; from there on each
// doubling is cut into 1,024 buckets, so that a bucket is never wider than 1/1024 of its values.
constexpr std::uint64_t kHalf = 1'024;
constexpr int kHalfBits = 10;
constexpr std::uint64_t kUnitsMax = static_cast<std::uint64_t>(Histogram::kMax / Histogram::kUnit);

constexpr int shift_of(std::uint64_t units) {
  return std::max(0, static_cast<int>(std::bit_width(units)) - (kHalfBits + 1));
}

constexpr std::size_t index_of(std::uint64_t units) {
  const int shift = shift_of(units);
  return static_cast<std::size_t>(shift) * kHalf + (units >> shift);
}

constexpr std::size_t kBuckets = index_of(kUnitsMax) + 1;

// The last nanosecond that falls into the bucket.
constexpr Histogram::Duration end_of(std::size_t index) {
  const std::uint64_t shift = index < 2 * kHalf ? 0 : index / kHalf - 1;
  const std::uint64_t units = ((index - shift * kHalf + 1) << shift);
  return units * Histogram::kUnit - Histogram::Duration(1);
}

static_assert(index_of(2 * kHalf - 1) + 1 == index_of(2 * kHalf));
static_assert(end_of(0) == std::chrono::nanoseconds(99));
static_assert(index_of(4'095) == 3'071 &&
              end_of(3'071) == 4'096 * Histogram::kUnit - Histogram::Duration(1));

constexpr std::size_t bucket_of(Histogram::Duration value) {
  return index_of(static_cast<std::uint64_t>(value / Histogram::kUnit));
}

}  // namespace

void Histogram::record(Duration value, std::uint64_t times) {
  if (times == 0) return;
  value = std::clamp(value, Duration{}, kMax);
  if (counts_.empty()) counts_.resize(kBuckets);
  const std::size_t index = bucket_of(value);
  counts_[index] += times;
  first_ = end_ == 0 ? index : std::min(first_, index);
  end_ = std::max(end_, index + 1);
  count_ += times;
  sum_ns_ += static_cast<double>(value.count()) * static_cast<double>(times);
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void Histogram::add(const Histogram& other) {
  if (other.count_ == 0) return;
  if (counts_.empty()) counts_.resize(kBuckets);
  for (std::size_t index = other.first_; index < other.end_; ++index)
    counts_[index] += other.counts_[index];
  first_ = end_ == 0 ? other.first_ : std::min(first_, other.first_);
  end_ = std::max(end_, other.end_);
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::clear() {
  std::fill(counts_.begin() + static_cast<std::ptrdiff_t>(first_),
            counts_.begin() + static_cast<std::ptrdiff_t>(end_), 0);
  first_ = end_ = 0;
  count_ = 0;
  sum_ns_ = 0;
  min_ = kMax;
  max_ = {};
}

Histogram::Duration Histogram::mean() const {
  if (count_ == 0) return {};
  return Duration(std::llround(sum_ns_ / static_cast<double>(count_)));
}

Histogram::Duration Histogram::percentile(double percent) const {
  if (count_ == 0) return {};
  // 99.9 % of 1,000 values are 999 and not, by a hair of rounding, 1,000.
  const double wanted = std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count_);
  const auto rank = std::clamp<std::uint64_t>(
      static_cast<std::uint64_t>(std::ceil(wanted * (1 - 1e-12))), 1, count_);
  std::uint64_t passed = 0;
  for (std::size_t index = first_; index < end_; ++index) {
    passed += counts_[index];
    if (passed >= rank) return std::min(end_of(index), max_);
  }
  return max_;
}

std::uint64_t Histogram::count_up_to(Duration value) const {
  if (value >= max_) return count_;
  std::uint64_t passed = 0;
  const std::size_t until = value < Duration{} ? 0 : std::min(end_, bucket_of(value) + 1);
  for (std::size_t index = first_; index < until; ++index) passed += counts_[index];
  return passed;
}

Histogram::Parts Histogram::parts() const {
  Parts parts{.buckets = {}, .min = min(), .max = max_, .sum_ns = sum_ns_};
  for (std::size_t index = first_; index < end_; ++index)
    if (counts_[index] != 0)
      parts.buckets.push_back({.up_to = end_of(index), .count = counts_[index]});
  return parts;
}

Histogram Histogram::from_parts(const Parts& parts) {
  Histogram histogram;
  for (const Bucket& bucket : parts.buckets) histogram.record(bucket.up_to, bucket.count);
  if (histogram.count_ == 0) return histogram;
  histogram.min_ = parts.min;
  histogram.max_ = parts.max;
  histogram.sum_ns_ = parts.sum_ns;
  return histogram;
}

}  // namespace ringtalk::loadgen
