// The command line of ringtalk-loadgen: what was asked for, as values. Pure; main thread.
// Profiles are subcommands, beside `report` and `compare`; --help works everywhere.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "loadgen/plan.h"

namespace ringtalk::loadgen {

/// Reports are read again and shown anew.
struct ReportCommand {
  std::vector<std::string> files;
  std::string html_path, csv_path;  // empty: none; "-" is stdout for CSV
};

struct CompareCommand {
  std::string before, after;
  std::vector<std::string> fail_if;  // 'ack.p99>+10%'
  std::string html_path;
  bool compares_anyway = false;  // also what was run differently
};

/// To be printed to standard output, and exit 0.
struct PrintCommand {
  std::string text;
};

using Command = std::variant<Plan, ReportCommand, CompareCommand, PrintCommand>;

inline constexpr int kExitUsage = 2;

/// `arguments` without the program's name. The error is for people and ends with what to do next.
[[nodiscard]] std::expected<Command, std::string> read_command_line(
    std::span<const std::string> arguments);

[[nodiscard]] std::string help_text();
[[nodiscard]] std::string help_text(Profile profile);
[[nodiscard]] std::string report_help_text();
[[nodiscard]] std::string compare_help_text();

}  // namespace ringtalk::loadgen
