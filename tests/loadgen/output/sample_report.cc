// Writes reports of made-up runs to standard output, for the tests that look at them from outside:
//   sample_report json|json-least|json-worst|html|html-two|text
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include "../measure/some_result.h"
#include "loadgen/output/html_report.h"
#include "loadgen/output/json_report.h"
#include "loadgen/output/text_report.h"

namespace {

using namespace ringtalk::loadgen;
using namespace std::chrono_literals;

// A minute with the long tail that servers have, and a stall in the middle; `factor` slower.
RunResult lifelike_result(double factor, std::uint64_t seed) {
  RunResult result = test::some_result();
  result.total.series = {};
  result.seconds.clear();
  result.measured = 58s;
  result.wanted = 58'000;
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> base(0, 0.45);
  for (std::int64_t number = 0; number < 60; ++number) {
    Tally tally;
    for (int count = 0; count < 1'000; ++count) {
      const double stall = number == 31 ? std::max(0.0, 180.0 - count) : 0;
      const double ack_ms = factor * (1.4 * base(random)) + stall;
      const double more_ms = 0.5 + 0.3 * base(random) * factor;
      const auto in_ns = [](double ms) { return Histogram::Duration(std::llround(ms * 1e6)); };
      tally.series[static_cast<std::size_t>(Series::kAck)].record(in_ns(ack_ms));
      tally.series[static_cast<std::size_t>(Series::kDeliver)].record(in_ns(ack_ms + more_ms));
      tally.series[static_cast<std::size_t>(Series::kLag)].record(in_ns(0.03 * base(random)));
    }
    Second second = test::some_result().seconds[0];
    second.second = number;
    second.is_warmup = number < 2;
    const auto less = number == 31 ? 120 : number == 32 ? -120 : 0;
    second.counters[static_cast<std::size_t>(Counter::kAcked)] = 1'000 - less;
    second.counters[static_cast<std::size_t>(Counter::kDelivered)] = 1'000 - less - 3;
    second.ack = Percentiles::of(tally.of(Series::kAck));
    second.deliver = Percentiles::of(tally.of(Series::kDeliver));
    second.lag = Percentiles::of(tally.of(Series::kLag));
    result.seconds.push_back(second);
    if (!second.is_warmup) result.total.add(tally);
  }
  result.total.counters = test::some_result().total.counters;
  for (const Counter counter : {Counter::kSent, Counter::kAcked, Counter::kDelivered})
    result.total.counters[static_cast<std::size_t>(counter)] = 58'000;
  result.accounts.expected = result.accounts.delivered = 58'000;
  return result;
}

RunResult worst_result() {
  RunResult result = test::some_result();
  result.accounts = {.expected = 9,
                     .delivered = 2,
                     .lost = 7,
                     .doubled = 1,
                     .reordered = 1,
                     .holes = 1,
                     .unchecked = 1};
  result.findings = {"user 1, conversation 0: seq 9 came after 7"};
  result.errors = {{"rate_limited", 3}, {"odd \"code\"\n", 1}};
  result.invalid_because = {"the generator's busiest thread computed 99 % of the time"};
  result.thresholds.push_back({.text = "lost=0", .measured = "7", .held = false});
  result.was_interrupted = true;
  result.is_closed_loop = true;
  result.figures["odd"] = std::nan("");
  return result;
}

}  // namespace

int main(int count, char** words) {
  const char* const what = count == 2 ? words[1] : "";
  std::string out;
  const RunResult one = lifelike_result(1, 1), two = lifelike_result(1.6, 2);
  const NamedRun runs[]{{.name = "before", .result = &one}, {.name = "after", .result = &two}};
  if (std::strcmp(what, "json") == 0) out = json_report(one);
  if (std::strcmp(what, "json-slower") == 0) out = json_report(two);
  if (std::strcmp(what, "json-least") == 0) out = json_report({});
  if (std::strcmp(what, "json-worst") == 0) out = json_report(worst_result());
  if (std::strcmp(what, "html") == 0) out = html_report(std::span(runs, 1));
  if (std::strcmp(what, "html-two") == 0) out = html_report(runs);
  if (std::strcmp(what, "text") == 0) out = text_report(one);
  std::fputs(out.c_str(), stdout);
  return out.empty() ? 2 : 0;
}
