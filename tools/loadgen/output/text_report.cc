#include "loadgen/output/text_report.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"
#include "loadgen/output/verdict.h"

namespace ringtalk::loadgen {

namespace {

// At blanks, into lines of up to 96 columns.
std::string broken(std::string_view words) {
  std::string text;
  std::size_t column = 0;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (column != 0) text += column + 1 + end > 96 ? '\n' : ' ';
    column = column + 1 + end > 96 ? end : column + 1 + end;
    text += words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return text + '\n';
}

// "  users=100 rate=1000", broken into lines.
std::string options_of(const RunResult& result) {
  std::string text, line = " ";
  for (const auto& [name, value] : result.options) {
    if (line.size() + name.size() + value.size() > 96) {
      text += line + '\n';
      line = " ";
    }
    line += fmt::format(" {}={}", name, value);
  }
  return line == " " ? text : text + line + '\n';
}

std::string head_of(const RunResult& result) {
  std::string text = fmt::format("{}\n\n{} on {}, {} measured, ", sentence_of(result),
                                 result.profile, result.url, show_duration(result.measured));
  if (result.is_closed_loop)
    text +=
        "closed loop\n  (latencies leave out what a stall kept from being sent: not comparable "
        "with "
        "open-loop runs)\n";
  else if (result.wanted_rate > 0)
    text += fmt::format("open loop at {:.6g}/s\n", result.wanted_rate);
  else
    text += "open loop\n";
  return text + options_of(result);
}

std::string reasons_of(const RunResult& result) {
  std::string text = note_on_backlog(result);
  if (!text.empty()) text = "\n" + broken(text);
  if (!result.invalid_because.empty()) text += "\nInvalid because\n";
  for (const std::string& reason : result.invalid_because) text += fmt::format("  {}\n", reason);
  if (!result.findings.empty()) text += "\nFound (the first ones)\n";
  for (const std::string& finding : result.findings) text += fmt::format("  {}\n", finding);
  return text;
}

std::string rates_of(const RunResult& result) {
  std::string text = fmt::format("\n{:<12}{:>12}{:>14}\n", "Rates", "total", "a second");
  for (const Counter counter : {Counter::kSent, Counter::kAcked, Counter::kDelivered,
                                Counter::kRequests, Counter::kConnected, Counter::kDisconnected}) {
    const std::uint64_t times = result.total.of(counter);
    if (times != 0)
      text += fmt::format("  {:<12}{:>10}{:>14.1f}\n", name_of(counter), times,
                          result.rate_of(counter));
  }
  for (const Counter counter : {Counter::kBytesSent, Counter::kBytesReceived})
    if (result.total.of(counter) != 0)
      text += fmt::format("  {:<14}{:>10}{:>12}/s\n",
                          counter == Counter::kBytesSent ? "bytes out" : "bytes in",
                          show_bytes(static_cast<double>(result.total.of(counter))),
                          show_bytes(result.rate_of(counter)));
  return text;
}

std::string latencies_of(const RunResult& result) {
  std::string text = "\n" + latency_head();
  for (std::size_t index = 0; index < kSeriesCount; ++index) {
    const auto series = static_cast<Series>(index);
    if (series == Series::kLag || result.total.of(series).count() == 0) continue;
    text += latency_row(name_of(series), result.total.of(series));
  }
  return text;
}

std::string delivery_of(const Accounts& accounts) {
  if (accounts.expected == 0 && accounts.are_clean()) return {};
  std::string text = fmt::format(
      "\nDelivery\n  expected {}, delivered {}; lost {}, doubled {}, out of order {}, holes {}\n",
      accounts.expected, accounts.delivered, accounts.lost, accounts.doubled, accounts.reordered,
      accounts.holes);
  if (accounts.unchecked != 0)
    text += fmt::format("  {} came too long after the others to be compared with them\n",
                        accounts.unchecked);
  return text;
}

std::string judgements_of(const RunResult& result) {
  std::string text;
  if (!result.thresholds.empty()) text += "\nThresholds\n";
  for (const ThresholdOutcome& threshold : result.thresholds)
    text += fmt::format("  {:<7}{:<32} {}\n", threshold.held ? "held" : "FAILED", threshold.text,
                        threshold.measured);
  if (!result.figures.empty()) text += "\nFigures\n";
  for (const auto& [name, value] : result.figures)
    text += fmt::format("  {:<32}{:>16.6g}\n", name, value);
  if (!result.errors.empty()) text += "\nErrors\n";
  for (const auto& [code, times] : result.errors)
    text += fmt::format("  {:<46} {:>10}\n", code, times);
  return text;
}

std::string generator_of(const RunResult& result) {
  const Generator& generator = result.generator;
  std::string text = fmt::format(
      "\nGenerator\n  {} thread{} on {}; busiest thread {:.0f} % of a core, all {:.2f} cores\n",
      generator.threads, generator.threads == 1 ? "" : "s", generator.backend,
      generator.cpu_of_busiest_thread * 100, generator.cpu_total);
  const Histogram& lag = result.total.of(Series::kLag);
  if (lag.count() == 0) return text;
  text += fmt::format("  own lag p50 {}, p99 {}, max {}", show_duration(lag.percentile(50)),
                      show_duration(lag.percentile(99)), show_duration(lag.max()));
  if (result.wanted != 0)
    text += fmt::format("; {:.2f} % of the schedule left", 100 * static_cast<double>(lag.count()) /
                                                               static_cast<double>(result.wanted));
  return text + '\n';
}

}  // namespace

std::string show_bytes(double bytes) {
  constexpr std::array<std::string_view, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1'024) return fmt::format("{:.0f} B", bytes);
  std::size_t unit = 0;
  for (bytes /= 1'024; bytes >= 1'024 && unit + 1 < kUnits.size(); bytes /= 1'024) ++unit;
  return fmt::format("{:.{}f} {}", bytes, bytes < 10 ? 2 : bytes < 100 ? 1 : 0, kUnits[unit]);
}

std::string latency_head() {
  return fmt::format("{:<12}{:>12}{:>11}{:>11}{:>11}{:>11}{:>11}\n", "Latency", "count", "p50",
                     "p90", "p99", "p99.9", "max");
}

std::string latency_row(std::string_view name, const Histogram& histogram) {
  const Percentiles all = Percentiles::of(histogram);
  return fmt::format("  {:<10}{:>12}{:>11}{:>11}{:>11}{:>11}{:>11}\n", name, histogram.count(),
                     show_duration(all.p50), show_duration(all.p90), show_duration(all.p99),
                     show_duration(all.p999), show_duration(all.max));
}

std::string text_report(const RunResult& result) {
  return head_of(result) + reasons_of(result) + rates_of(result) + latencies_of(result) +
         delivery_of(result.accounts) + judgements_of(result) + generator_of(result);
}

}  // namespace ringtalk::loadgen
