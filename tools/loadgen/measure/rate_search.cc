#include "loadgen/measure/rate_search.h"

#include <algorithm>
#include <cmath>

namespace ringtalk::loadgen {

RateSearch::RateSearch(double first_rate)
    : first_rate_(std::clamp(first_rate, kRateMin, kRateMax)) {}

std::optional<double> RateSearch::next() const {
  if (held_ == 0 && failed_ == 0) return first_rate_;
  if (failed_ == 0) {
    if (held_ >= kRateMax) return std::nullopt;
    return std::min(held_ * kGrowth, kRateMax);
  }
  if (held_ == 0) {
    if (failed_ <= kRateMin) return std::nullopt;
    return std::max(failed_ / kGrowth, kRateMin);
  }
  if (failed_ <= held_ * (1 + kResolution)) return std::nullopt;
  return std::sqrt(held_ * failed_);
}

void RateSearch::judge(Verdict verdict) {
  const auto rate = next();
  if (!rate) return;
  ++steps_;
  if (verdict == Verdict::kHeld) {
    held_ = *rate;
    return;
  }
  failed_ = *rate;
  is_bound_by_generator_ = verdict == Verdict::kInvalid;
}

}  // namespace ringtalk::loadgen
