// Comparison: two runs of the same thing, before and after a change: what differs in how they were
// run, what changed in what they found, and which changes are too large. Pure.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/measure/quantity.h"

namespace ringtalk::loadgen {

struct RunPair {
  const RunResult& before;
  const RunResult& after;
};

/// Profile, loop and options that are not the same, in words; such runs say nothing about a change.
/// The seed may differ.
[[nodiscard]] std::vector<std::string> differences_of(const RunPair& pair);
/// What makes the comparison doubtful: an invalid or interrupted run, other machines.
[[nodiscard]] std::vector<std::string> doubts_of(const RunPair& pair);

/// 'ack.p99>+10%': a change that is too large.
struct ChangeLimit {
  std::string text;
  Quantity quantity;
  bool is_of_rise = true;
  double percent = 0;  // signed

  /// held: it did not change so much. What one of the two has not measured does not hold.
  [[nodiscard]] ThresholdOutcome judge(const RunPair& pair) const;
};
[[nodiscard]] std::expected<ChangeLimit, TextFault> parse_change_limit(std::string_view text);

/// In percent of `before`; infinite when that was nothing.
[[nodiscard]] double change_of(double before, double after);
[[nodiscard]] std::string show_change(double percent);

[[nodiscard]] std::string comparison_text(const RunPair& pair);

}  // namespace ringtalk::loadgen
