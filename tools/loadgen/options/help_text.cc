#include <fmt/format.h>

#include "loadgen/options/command_line.h"
#include "loadgen/options/option_table.h"
#include "loadgen/options/profile_names.h"

namespace ringtalk::loadgen {

namespace {

constexpr std::size_t kHelpColumn = 22;

// "  --rate N            messages a second in all [0.01 to 10000000]"
void append_option(std::string& out, const Option& option, const ProfileWords& profile) {
  std::string left = fmt::format("  --{} {}", option.name, option.form);
  std::string words(option.help);
  if (words.starts_with('*')) words.replace(0, 1, profile.rate_of);
  if (!option.bounds.empty())
    words += fmt::format("{}[{}]", words.empty() ? "" : " ", option.bounds);
  out += fmt::format("{:<{}}{}\n", left, kHelpColumn, words);
}

constexpr std::string_view kExitCodes =
    "Exit: 0 good, 2 usage, 3 delivery violated, 69 unreachable, 98 invalid run,\n"
    "99 threshold failed, 130 interrupted (the report is written).\n";

}  // namespace

std::string help_text() {
  std::string text =
      "Usage: ringtalk-loadgen PROFILE [OPTION]...\n"
      "       ringtalk-loadgen report FILE.json... [--html FILE] [--csv FILE]\n"
      "       ringtalk-loadgen compare BEFORE.json AFTER.json [--fail-if COND]...\n"
      "\n"
      "Loads a Ringtalk server at a fixed rate (open loop), measures from the time\n"
      "each message was meant to leave, and proves that each one was delivered, once\n"
      "and in order.\n"
      "\n"
      "Profiles\n";
  for (const ProfileWords& profile : profiles())
    text += fmt::format("  {:<13}{}\n", profile.name, profile.summary);
  text +=
      "\n"
      "Examples\n"
      "  ringtalk-loadgen send --rate 4000 --for 30s --threshold 'deliver.p99<25ms'\n"
      "  ringtalk-loadgen fanout --members 1000 --rate 20 --html fanout.html\n"
      "  ringtalk-loadgen send --find-max 'p99<20ms'\n"
      "\n";
  text += kExitCodes;
  text += "ringtalk-loadgen PROFILE --help tells the options of a profile.\n";
  return text;
}

std::string help_text(Profile profile) {
  const ProfileWords& words = words_of(profile);
  std::string text =
      fmt::format("Usage: ringtalk-loadgen {} [OPTION]...\n{}{}.\n\n", words.name,
                  static_cast<char>(words.summary[0] - 'a' + 'A'), words.summary.substr(1));
  for (const Option& option : option_table())
    if (option.is_of(profile)) append_option(text, option, words);
  text +=
      "\nConditions: ack.p99<20ms deliver.max<=1s acked.rate>4000 errors<0.1% lost=0\n"
      "What is left out the profile chooses; the report tells what it was.\n"
      "\nExamples\n";
  for (const std::string_view example : words.examples)
    if (!example.empty()) text += fmt::format("  ringtalk-loadgen {} {}\n", words.name, example);
  text += '\n';
  text += kExitCodes;
  return text;
}

std::string report_help_text() {
  return "Usage: ringtalk-loadgen report FILE.json... [--html FILE] [--csv FILE]\n"
         "Shows reports again that --json has written.\n"
         "\n"
         "  --html FILE   write a page with plots of all of them\n"
         "  --csv FILE    write a row for each second of one report (- is standard output)\n"
         "\n"
         "Examples\n"
         "  ringtalk-loadgen report run.json --html run.html\n"
         "  ringtalk-loadgen report one.json two.json three.json --html all.html\n"
         "\n"
         "The exit code is that of the worst run; 2 when a file cannot be read.\n";
}

std::string compare_help_text() {
  return "Usage: ringtalk-loadgen compare BEFORE.json AFTER.json [OPTION]...\n"
         "Shows what changed between two runs of the same profile and options.\n"
         "\n"
         "  --fail-if COND   exit 99 when a change is this large; may be repeated\n"
         "  --html FILE      write a page with the plots of both\n"
         "  --anyway         compare runs of different profiles or options\n"
         "\n"
         "Conditions: ack.p99>+10%  acked.rate<-5%  figure:bytes_per_connection>+2%\n"
         "\n"
         "Examples\n"
         "  ringtalk-loadgen compare before.json after.json\n"
         "  ringtalk-loadgen compare main.json branch.json --fail-if 'deliver.p99>+15%'\n"
         "\n"
         "Exit: 0 nothing to fail for, 2 usage or runs that cannot be compared, 99 failed.\n";
}

}  // namespace ringtalk::loadgen
