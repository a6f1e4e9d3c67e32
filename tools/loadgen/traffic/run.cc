#include "loadgen/traffic/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "loadgen/measure/rate_search.h"
#include "loadgen/measure/threshold.h"
#include "loadgen/measure/validity.h"
#include "loadgen/options/profile_names.h"
#include "loadgen/output/csv_report.h"
#include "loadgen/output/files.h"
#include "loadgen/output/html_report.h"
#include "loadgen/output/json_report.h"
#include "loadgen/output/live_line.h"
#include "loadgen/output/text_report.h"
#include "loadgen/traffic/environment.h"
#include "loadgen/traffic/measurement.h"
#include "reactor/signal_watcher.h"

namespace ringtalk::loadgen {
namespace {

using Measured = std::expected<RunResult, Failure>;

constexpr int kCannotWrite = 74;  // EX_IOERR

// Where a search begins, when neither the command line nor anything else says.
constexpr double kFirstRate = 100;

void show(std::string_view text) {
  fmt::print(stderr, "{}", text);
  std::fflush(stderr);
}

Measured measure(const Plan& plan, LiveLine& live) {
  const Environment environment = this_environment();
  Measurement measurement(
      plan, {.on_step = [&](std::string_view words) { show(live.step(std::string(words))); },
             .on_second = [&](const Second& second) { show(live.second(second)); }});
  auto measured = measurement.run();
  show(live.finish());
  if (!measured) return measured;
  measured->environment = environment;
  measured->profile = name_of(plan.profile);
  measured->invalid_because = reasons_of_invalidity(*measured);
  for (const std::string& text : plan.thresholds) {
    if (const auto threshold = parse_threshold(text)) {
      measured->thresholds.push_back(threshold->judge(*measured));
    }
  }
  return measured;
}

RateSearch::Verdict verdict_on(const RunResult& result, const Threshold& condition) {
  if (!result.invalid_because.empty()) return RateSearch::Verdict::kInvalid;
  const bool holds = result.accounts.are_clean() && condition.judge(result).held;
  return holds ? RateSearch::Verdict::kHeld : RateSearch::Verdict::kFailed;
}

/// The run at the highest rate that held, or the last one if none did; each with people of its own.
Measured search(Plan plan, LiveLine& live) {
  const auto condition =
      parse_threshold(*plan.find_max, words_of(plan.profile).default_series).value();
  RateSearch rates(plan.rate > 0 ? plan.rate : kFirstRate);
  std::optional<RunResult> best;
  std::optional<RunResult> last;
  while (const auto rate = rates.next()) {
    plan.rate = *rate;
    auto measured = measure(plan, live);
    if (!measured) return measured;
    const auto verdict = verdict_on(*measured, condition);
    const auto outcome = condition.judge(*measured);
    show(fmt::format("{:>10.1f} a second: {} ({})\n", *rate,
                     verdict == RateSearch::Verdict::kHeld     ? "held"
                     : verdict == RateSearch::Verdict::kFailed ? "did not hold"
                                                               : "the generator's own limit",
                     outcome.measured));
    rates.judge(verdict);
    last = std::move(*measured);
    if (verdict == RateSearch::Verdict::kHeld) best = last;
    if (last->was_interrupted || !last->accounts.are_clean()) break;
  }
  RunResult result = std::move(best && last->accounts.are_clean() ? *best : *last);
  result.was_interrupted = last->was_interrupted;
  result.figures["max_rate"] = rates.best();
  result.figures["max_rate_is_of_generator"] = rates.is_bound_by_generator() ? 1 : 0;
  return result;
}

bool write(const std::string& path, const std::string& text) {
  const auto written = write_file(path, text);
  if (!written) show(fmt::format("ringtalk-loadgen: {}\n", written.error()));
  return written.has_value();
}

bool write_reports(const Plan& plan, const RunResult& result) {
  const bool is_stdout_taken = plan.json_path == "-" || plan.csv_path == "-";
  fmt::print(is_stdout_taken ? stderr : stdout, "{}", text_report(result));
  bool is_written = plan.json_path.empty() || write(plan.json_path, json_report(result));
  if (!plan.csv_path.empty()) is_written = write(plan.csv_path, csv_report(result)) && is_written;
  if (plan.html_path.empty()) return is_written;
  const NamedRun run{.name = result.profile, .result = &result};
  return write(plan.html_path, html_report({&run, 1})) && is_written;
}

}  // namespace

int run(const Plan& plan) {
  reactor::block_signals({SIGINT, SIGTERM});
  raise_descriptor_limit();
  LiveLine live(::isatty(STDERR_FILENO) == 1);
  const Measured measured = plan.find_max ? search(plan, live) : measure(plan, live);
  if (!measured) {
    show(fmt::format("ringtalk-loadgen: {}\n", measured.error().words));
    return measured.error().exit_code;
  }
  if (!write_reports(plan, *measured)) return kCannotWrite;
  return exit_code(*measured);
}

}  // namespace ringtalk::loadgen
