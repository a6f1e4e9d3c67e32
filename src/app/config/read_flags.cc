#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/config/nearest_name.h"
#include "app/config/option_table.h"
#include "app/config/setting.h"

namespace ringtalk::app::config {

namespace {

std::string flag_of(std::string_view option_name) {
  return fmt::format("--{}", option_name);
}

std::vector<std::string> known_flags() {
  std::vector<std::string> flags{"--config", "--help", "--version", "--print-config"};
  for (const Option& option : option_table()) flags.push_back(flag_of(option.name));
  return flags;
}

std::string stray_word_error(const std::string& word) {
  if (!word.starts_with('-')) return fmt::format("unexpected argument \"{}\"", word);
  const std::string flag = word.substr(0, word.find('='));
  return fmt::format("unknown flag {}{}", flag, suggestion(flag, known_flags()));
}

}  // namespace

std::expected<Flags, std::string> read_flags(std::span<const std::string> arguments) {
  Flags flags;
  CLI::App parser;
  parser.set_help_flag();  // our own is made of the table
  parser.allow_extras();   // collected, so that we can name the nearest flag
  parser.add_flag("--help,-h", flags.wants_help);
  parser.add_flag("--version", flags.wants_version);
  parser.add_flag("--print-config", flags.wants_config);
  parser.add_option("--config", flags.config_file);
  for (const Option& option : option_table()) {
    const auto keep = [&flags, name = std::string(option.name)](const std::string& value) {
      flags.settings.push_back({.name = name, .value = value, .source = flag_of(name)});
    };
    parser.add_option_function<std::string>(flag_of(option.name), keep)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  try {
    parser.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return std::unexpected(error.what());
  }
  for (const Setting& setting : flags.settings) {
    if (!setting.value.starts_with("--")) continue;  // else its value was forgotten
    return std::unexpected(
        fmt::format("{}: needs a value before {}", setting.source, setting.value));
  }
  const std::vector<std::string> strays = parser.remaining();
  if (!strays.empty() && !flags.wants_help) return std::unexpected(stray_word_error(strays[0]));
  return flags;
}

}  // namespace ringtalk::app::config
