// Threshold: what a run must keep to: 'ack.p99<20ms', 'acked.rate>4000', 'errors<0.1%', 'lost=0'.
// Read from the command line, judged on the result. A value; pure.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "loadgen/measure/quantity.h"

namespace ringtalk::loadgen {

struct Threshold {
  enum class Comparison : std::uint8_t { kLess, kAtMost, kMore, kAtLeast, kEqual };

  std::string text;
  Quantity quantity;
  Comparison comparison = Comparison::kLess;
  double limit = 0;             // nanoseconds for a duration
  bool is_of_attempts = false;  // the limit is a share: errors of all that was tried, in percent

  /// What was not measured does not hold.
  [[nodiscard]] ThresholdOutcome judge(const RunResult& result) const;
};

[[nodiscard]] std::expected<Threshold, TextFault> parse_threshold(
    std::string_view text, std::string_view default_series = {});

[[nodiscard]] bool holds(double value, Threshold::Comparison comparison, double limit);

}  // namespace ringtalk::loadgen
