#include "loadgen/output/live_line.h"

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"

namespace ringtalk::loadgen {

namespace {

void append_latency(std::string& line, std::string_view name, const Percentiles& percentiles) {
  if (percentiles.max.count() == 0) return;
  line += fmt::format("  {} p50 {} p99 {}", name, show_duration(percentiles.p50),
                      show_duration(percentiles.p99));
}

void append_count(std::string& line, const Second& second, Counter counter) {
  const std::uint64_t times = second.counters[static_cast<std::size_t>(counter)];
  if (times != 0) line += fmt::format("  {} {}/s", name_of(counter), times);
}

}  // namespace

std::string LiveLine::step(std::string_view words) {
  return show(std::string(words));
}

std::string LiveLine::second(const Second& second) {
  if (!is_terminal_ && second.second % kQuietSeconds != 0) return {};
  std::string line = fmt::format("{:>4} s{}  {} connections", second.second,
                                 second.is_warmup ? " (warm-up)" : "", second.connections);
  for (const Counter counter :
       {Counter::kSent, Counter::kDelivered, Counter::kRequests, Counter::kErrors})
    append_count(line, second, counter);
  append_latency(line, "ack", second.ack);
  append_latency(line, "deliver", second.deliver);
  append_latency(line, "request", second.request);
  if (second.lag.max.count() != 0) line += fmt::format("  lag {}", show_duration(second.lag.p99));
  line += fmt::format("  cpu {:.0f} %", second.generator_cpu * 100);
  return show(std::move(line));
}

std::string LiveLine::finish() {
  if (!std::exchange(is_within_line_, false)) return {};
  return "\n";
}

std::string LiveLine::show(std::string line) {
  if (!is_terminal_) return line + '\n';
  is_within_line_ = true;
  return "\r" + line + "\x1b[K";  // and nothing of the line before behind it
}

}  // namespace ringtalk::loadgen
