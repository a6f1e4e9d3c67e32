// One option as some source gave it, before it is checked; and how each source is read.
// Main thread. All sources give the same thing, so that they are checked in one place
// (load_config.cc).
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace ringtalk::app::config {

struct Setting {
  std::string name;    // of the option, as in the table; it may not be there
  std::string value;   // its text
  std::string source;  // for the operator: "--port", "RINGTALK_PORT", "ringtalk.toml:3: port"
};

// An error is a sentence for the operator, or several, a line each.
using Settings = std::expected<std::vector<Setting>, std::string>;

struct Flags {
  std::vector<Setting> settings;
  std::string config_file;  // empty: none was named
  bool wants_help = false;
  bool wants_version = false;
  bool wants_config = false;
};

// The command line, less the program's name. Unknown flags and stray words are errors.
std::expected<Flags, std::string> read_flags(std::span<const std::string> arguments);

// Of "NAME=value" strings, those that begin with RINGTALK_. An empty value counts as not set, as
// container tools pass on what they do not have.
struct Environment {
  std::vector<Setting> settings;
  std::string config_file;
};
std::expected<Environment, std::string> read_environment(std::span<const std::string> variables);

// A TOML file of `name = value` lines: text, whole numbers, true and false; no sections.
Settings read_config_file(const std::string& path);

}  // namespace ringtalk::app::config
