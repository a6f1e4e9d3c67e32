#include "loadgen/output/commands.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include <fmt/format.h>

#include "loadgen/output/comparison.h"
#include "loadgen/output/csv_report.h"
#include "loadgen/output/files.h"
#include "loadgen/output/html_report.h"
#include "loadgen/output/json_report.h"
#include "loadgen/output/text_report.h"

namespace ringtalk::loadgen {

namespace {

constexpr int kExitNotWritten = 74;  // EX_IOERR

void complain(std::string_view words) {
  std::fputs(fmt::format("ringtalk-loadgen: {}\n", words).c_str(), stderr);
}

void say(std::string_view words) {
  std::fputs(std::string(words).c_str(), stdout);
}

std::optional<RunResult> read_run(const std::string& path) {
  const auto text = read_file(path);
  if (!text) {
    complain(text.error());
    return std::nullopt;
  }
  auto result = read_json_report(*text);
  if (result) return std::move(*result);
  complain(fmt::format("{}: {}", path, result.error()));
  return std::nullopt;
}

bool write(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  const auto written = write_file(path, text);
  if (!written) complain(written.error());
  return written.has_value();
}

// "runs/before.json" → "before"
std::string name_of_file(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".json")) name.resize(name.size() - 5);
  return name;
}

// Which of two exit codes is told: 3 before 130, 98, 99, 0.
int worse(int one, int other) {
  constexpr std::array kOrder{kExitViolated, kExitInterrupted, kExitInvalid, kExitThreshold, 0};
  for (const int code : kOrder)
    if (one == code || other == code) return code;
  return one;
}

bool may_be_compared(const RunPair& pair, const CompareCommand& command) {
  const std::vector<std::string> differences = differences_of(pair);
  if (differences.empty()) return true;
  complain(fmt::format("{} and {} were not run alike:", command.before, command.after));
  for (const std::string& difference : differences)
    std::fputs(fmt::format("  {}\n", difference).c_str(), stderr);
  if (command.compares_anyway) return true;
  complain("what changed between them is not the server's doing; --anyway compares them");
  return false;
}

std::optional<std::vector<ChangeLimit>> read_limits(const CompareCommand& command) {
  std::vector<ChangeLimit> limits;
  for (const std::string& text : command.fail_if) {
    auto limit = parse_change_limit(text);
    if (!limit) {
      complain(in_words("compare: --fail-if", text, limit.error()));
      return std::nullopt;
    }
    limits.push_back(std::move(*limit));
  }
  return limits;
}

}  // namespace

int run_report(const ReportCommand& command) {
  std::vector<RunResult> results;
  for (const std::string& path : command.files) {
    auto result = read_run(path);
    if (!result) return kExitUsage;
    results.push_back(std::move(*result));
  }
  std::vector<NamedRun> runs;
  int code = 0;
  for (std::size_t index = 0; index < results.size(); ++index) {
    runs.push_back({.name = name_of_file(command.files[index]), .result = &results[index]});
    code = worse(code, exit_code(results[index]));
    const std::string head = runs.size() == 1 && results.size() == 1
                                 ? ""
                                 : fmt::format("=== {}\n", command.files[index]);
    const std::string text = head + text_report(results[index]) + (head.empty() ? "" : "\n");
    std::fputs(text.c_str(), command.csv_path == "-" ? stderr : stdout);
  }
  bool is_written = command.html_path.empty() || write(command.html_path, html_report(runs));
  if (!command.csv_path.empty()) is_written &= write(command.csv_path, csv_report(results[0]));
  return is_written ? code : kExitNotWritten;
}

int run_compare(const CompareCommand& command) {
  const auto limits = read_limits(command);
  if (!limits) return kExitUsage;
  const auto before = read_run(command.before);
  const auto after = read_run(command.after);
  if (!before || !after) return kExitUsage;
  const RunPair pair{.before = *before, .after = *after};
  if (!may_be_compared(pair, command)) return kExitUsage;
  for (const std::string& doubt : doubts_of(pair)) complain(fmt::format("doubtful: {}", doubt));
  say(comparison_text(pair));
  bool have_all_held = true;
  if (!limits->empty()) say("\nFail if\n");
  for (const ChangeLimit& limit : *limits) {
    const ThresholdOutcome outcome = limit.judge(pair);
    have_all_held &= outcome.held;
    say(fmt::format("  {:<7}{:<32} {}\n", outcome.held ? "held" : "FAILED", outcome.text,
                    outcome.measured));
  }
  const std::array runs{NamedRun{.name = name_of_file(command.before), .result = &*before},
                        NamedRun{.name = name_of_file(command.after), .result = &*after}};
  if (!command.html_path.empty() && !write(command.html_path, html_report(runs)))
    return kExitNotWritten;
  return have_all_held ? 0 : kExitThreshold;
}

}  // namespace ringtalk::loadgen
