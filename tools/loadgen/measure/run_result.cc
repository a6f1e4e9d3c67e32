#include "loadgen/measure/run_result.h"

#include <algorithm>

namespace ringtalk::loadgen {

Percentiles Percentiles::of(const Histogram& histogram) {
  return {.p50 = histogram.percentile(50),
          .p90 = histogram.percentile(90),
          .p99 = histogram.percentile(99),
          .p999 = histogram.percentile(99.9),
          .max = histogram.max()};
}

double RunResult::rate_of(Counter counter) const {
  if (measured.count() <= 0) return 0;
  return static_cast<double>(total.of(counter)) / std::chrono::duration<double>(measured).count();
}

int exit_code(const RunResult& result) {
  if (!result.accounts.are_clean()) return kExitViolated;
  if (result.was_interrupted) return kExitInterrupted;
  if (!result.invalid_because.empty()) return kExitInvalid;
  const bool have_all_held = std::ranges::all_of(result.thresholds, &ThresholdOutcome::held);
  return have_all_held ? 0 : kExitThreshold;
}

}  // namespace ringtalk::loadgen
