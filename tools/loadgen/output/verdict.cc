#include "loadgen/output/verdict.h"

#include <algorithm>

#include <fmt/format.h>

namespace ringtalk::loadgen {

namespace {

std::string faults_of(const Accounts& accounts) {
  std::string text;
  for (const auto& [times, name] : {std::pair{accounts.lost, "lost"},
                                    {accounts.doubled, "doubled"},
                                    {accounts.reordered, "out of order"},
                                    {accounts.holes, "holes"}})
    if (times != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", times, name);
  return text;
}

}  // namespace

Verdict verdict_of(const RunResult& result) {
  switch (exit_code(result)) {
    case kExitViolated:
      return Verdict::kViolated;
    case kExitInterrupted:
      return Verdict::kInterrupted;
    case kExitInvalid:
      return Verdict::kInvalid;
    case kExitThreshold:
      return Verdict::kThreshold;
    default:
      return Verdict::kGood;
  }
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood:
      return "good";
    case Verdict::kViolated:
      return "violated";
    case Verdict::kInterrupted:
      return "interrupted";
    case Verdict::kInvalid:
      return "invalid";
    case Verdict::kThreshold:
      break;
  }
  return "threshold";
}

std::string sentence_of(const RunResult& result) {
  switch (verdict_of(result)) {
    case Verdict::kViolated:
      return fmt::format("DELIVERY VIOLATED: {}", faults_of(result.accounts));
    case Verdict::kInterrupted:
      return "INTERRUPTED: what was measured until then";
    case Verdict::kInvalid:
      return "INVALID: the generator was itself the bottleneck; do not trust the latencies";
    case Verdict::kThreshold: {
      const auto failed = std::ranges::count(result.thresholds, false, &ThresholdOutcome::held);
      return fmt::format("THRESHOLD FAILED: {} of {}", failed, result.thresholds.size());
    }
    case Verdict::kGood:
      break;
  }
  if (result.accounts.expected == 0) return "GOOD";
  return fmt::format("GOOD: {} of {} delivered, once and in order", result.accounts.delivered,
                     result.accounts.expected);
}

std::string note_on_backlog(const RunResult& result) {
  if (result.is_closed_loop) return {};
  std::uint64_t sent = 0, acked = 0;
  for (const Second& second : result.seconds) {
    sent += second.counters[static_cast<std::size_t>(Counter::kSent)];
    acked += second.counters[static_cast<std::size_t>(Counter::kAcked)];
  }
  if (acked >= sent) return {};
  const auto waiting = static_cast<double>(sent - acked);
  if (waiting <= kUnansweredShareMax * static_cast<double>(sent)) return {};
  return fmt::format(
      "The server did not keep up: {} of {} messages waited for their ack when sending ended. "
      "Latencies then tell how long the run was; take a lower rate, or --find-max.",
      sent - acked, sent);
}

}  // namespace ringtalk::loadgen
