#include <fmt/format.h>

#include <vector>

#include "app/config/load_config.h"
#include "app/config/option_table.h"

namespace ringtalk::app::config {

namespace {

constexpr std::size_t kTextColumn = 6;
constexpr std::size_t kLineMax = 80;

// `words`, indented and broken into lines of up to 80 columns.
void append_paragraph(std::string& out, std::string_view words) {
  std::size_t column = kLineMax;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (column + 1 + end > kLineMax) {
      if (column != kLineMax) out += '\n';
      out.append(kTextColumn, ' ');
      column = kTextColumn;
    } else {
      out += ' ';
      ++column;
    }
    out += words.substr(0, end);
    column += end;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  out += '\n';
}

// "(0 to 65535, default 8080)", or as much of it as there is.
std::string remark_on(const Option& option) {
  const std::string standard = option.show(Config{});
  if (standard.empty()) return {};
  if (option.bounds.empty()) return fmt::format(" (default {})", standard);
  return fmt::format(" ({}, default {})", option.bounds, standard);
}

void append_option(std::string& out, const Option& option) {
  out += fmt::format("  --{} {}\n", option.name, option.value_form);
  append_paragraph(out, fmt::format("{}{}", option.help, remark_on(option)));
}

}  // namespace

std::string help_text() {
  std::string text =
      "Usage: ringtalk [--OPTION VALUE]...\n"
      "\n"
      "Each option can also be set by an environment variable (--db-query-timeout is\n"
      "RINGTALK_DB_QUERY_TIMEOUT) or in a TOML file (db-query-timeout = \"10s\").\n"
      "A flag beats the environment, which beats the file.\n";
  std::string_view group;
  for (const Option& option : option_table()) {
    if (group != option.group) text += fmt::format("\n{}\n", option.group);
    group = option.group;
    append_option(text, option);
  }
  text +=
      "\nGeneral\n"
      "  --config FILE\n      read options from this TOML file (or RINGTALK_CONFIG)\n"
      "  --print-config\n      print the configuration in force and where each value is from\n"
      "  --version\n      print the version\n"
      "  --help, -h\n      print this\n";
  return text;
}

}  // namespace ringtalk::app::config
