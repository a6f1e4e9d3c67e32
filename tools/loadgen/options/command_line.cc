#include "loadgen/options/command_line.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "loadgen/options/option_table.h"
#include "loadgen/options/profile_names.h"

namespace ringtalk::loadgen {

namespace {

using Outcome = std::expected<Command, std::string>;

constexpr std::string_view kReport = "report";
constexpr std::string_view kCompare = "compare";

struct Given {
  std::string option;  // "rate"
  std::string value;
};

std::unexpected<std::string> fault(std::string_view command, std::string_view words) {
  return std::unexpected(fmt::format(
      "ringtalk-loadgen {0}: {1}\nringtalk-loadgen {0} --help tells more.\n", command, words));
}

// Collects what stands behind a subcommand, in its order; meaning comes later.
class Words {
 public:
  Words() {
    parser_.set_help_flag();  // our own fits a screen
    parser_.allow_extras();   // collected, so that we can say what is not known here
    parser_.add_flag("--help,-h", wants_help_);
  }

  void add(std::string_view name, bool takes_value) {
    if (!takes_value) {
      parser_.add_flag_callback(fmt::format("--{}", name),
                                [this, name] { given_.push_back({std::string(name), ""}); });
      return;
    }
    parser_
        .add_option_function<std::vector<std::string>>(
            fmt::format("--{}", name),
            [this, name](const std::vector<std::string>& values) {
              for (const std::string& value : values) given_.push_back({std::string(name), value});
            })
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  std::expected<void, std::string> read(std::span<const std::string> arguments) {
    try {
      parser_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
      return std::unexpected(error.what());
    }
    for (const std::string& word : parser_.remaining()) {
      if (word.starts_with('-') && word != "-")
        return std::unexpected(
            fmt::format("there is no option {} here", word.substr(0, word.find('='))));
      files_.push_back(word);
    }
    for (const Given& each : given_)
      if (each.value.starts_with("--"))
        return std::unexpected(
            fmt::format("--{}: needs a value before {}", each.option, each.value));
    return {};
  }

  [[nodiscard]] bool wants_help() const { return wants_help_; }
  [[nodiscard]] const std::vector<Given>& given() const { return given_; }
  [[nodiscard]] std::vector<std::string>& files() { return files_; }
  [[nodiscard]] bool has(std::string_view option) const {
    return std::ranges::find(given_, option, &Given::option) != given_.end();
  }

 private:
  CLI::App parser_;
  bool wants_help_ = false;
  std::vector<Given> given_;
  std::vector<std::string> files_;
};

std::expected<void, std::string> apply_all(const Words& words, Plan& plan) {
  for (const Option& option : option_table()) {
    std::size_t times = 0;
    for (const Given& given : words.given()) {
      if (given.option != option.name) continue;
      if (++times > 1 && !option.may_repeat)
        return std::unexpected(fmt::format("--{}: is there twice", option.name));
      const Applied applied = option.apply(plan, given.value);
      if (applied) continue;
      if (option.bounds.empty())
        return std::unexpected(fmt::format("--{}: {}", option.name, applied.error()));
      return std::unexpected(
          fmt::format("--{}: {}; allowed is {}", option.name, applied.error(), option.bounds));
    }
  }
  return check_together(plan, words.has("rate"), words.has("in-flight"));
}

Outcome read_profile(Profile profile, std::span<const std::string> arguments) {
  const std::string_view name = name_of(profile);
  Words words;
  for (const Option& option : option_table())
    if (option.is_of(profile)) words.add(option.name, !option.form.empty());
  const auto read = words.read(arguments);
  if (words.wants_help()) return PrintCommand{help_text(profile)};
  if (!read) return fault(name, read.error());
  if (!words.files().empty())
    return fault(name, fmt::format("\"{}\" is one word too many", words.files().front()));
  Plan plan{.profile = profile};
  if (const auto applied = apply_all(words, plan); !applied) return fault(name, applied.error());
  return plan;
}

Outcome read_report(std::span<const std::string> arguments) {
  Words words;
  for (const std::string_view option : {"html", "csv"}) words.add(option, true);
  const auto read = words.read(arguments);
  if (words.wants_help()) return PrintCommand{report_help_text()};
  if (!read) return fault(kReport, read.error());
  ReportCommand command{.files = std::move(words.files())};
  for (const Given& given : words.given()) {
    if (given.value.empty())
      return fault(kReport, fmt::format("--{}: the name of a file is wanted", given.option));
    (given.option == "html" ? command.html_path : command.csv_path) = given.value;
  }
  if (command.files.empty()) return fault(kReport, "which report? Name one or more files");
  if (command.html_path == "-")
    return fault(kReport, "--html: a page does not go to standard output; name a file");
  if (!command.csv_path.empty() && command.files.size() > 1)
    return fault(kReport, "--csv: the seconds of one report only; name one");
  return command;
}

Outcome read_compare(std::span<const std::string> arguments) {
  Words words;
  for (const std::string_view option : {"html", "fail-if"}) words.add(option, true);
  words.add("anyway", false);
  const auto read = words.read(arguments);
  if (words.wants_help()) return PrintCommand{compare_help_text()};
  if (!read) return fault(kCompare, read.error());
  if (words.files().size() != 2)
    return fault(kCompare,
                 fmt::format("two reports are compared, and {} {} named", words.files().size(),
                             words.files().size() == 1 ? "is" : "are"));
  CompareCommand command{.before = words.files()[0], .after = words.files()[1]};
  for (const Given& given : words.given()) {
    if (given.option == "anyway") command.compares_anyway = true;
    if (given.option == "html") command.html_path = given.value;
    if (given.option == "fail-if") command.fail_if.push_back(given.value);
  }
  if (words.has("html") && (command.html_path.empty() || command.html_path == "-"))
    return fault(kCompare, "--html: the name of a file is wanted");
  return command;
}

}  // namespace

Outcome read_command_line(std::span<const std::string> arguments) {
  if (arguments.empty())
    return std::unexpected("ringtalk-loadgen: a profile is wanted.\n\n" + help_text());
  const std::string& command = arguments.front();
  const auto rest = arguments.subspan(1);
  if (command == "--help" || command == "-h" || command == "help") return PrintCommand{help_text()};
  if (command == "--version" || command == "version")
    return PrintCommand{"ringtalk-loadgen " RINGTALK_VERSION "\n"};
  if (command == kReport) return read_report(rest);
  if (command == kCompare) return read_compare(rest);
  if (const auto profile = profile_named(command)) return read_profile(*profile, rest);
  std::string names;
  for (const ProfileWords& profile : profiles()) names += fmt::format("{}, ", profile.name);
  return std::unexpected(
      fmt::format("ringtalk-loadgen: \"{}\" is no profile; there are {}and report, compare.\n"
                  "ringtalk-loadgen --help tells more.\n",
                  command, names));
}

}  // namespace ringtalk::loadgen
