// From the command line and the environment to a checked Config.
// Called once by main, which prints what it says and exits: kExitConfigError with an error on
// stderr, 0 after a text that was asked for. Precedence: flag, then environment (RINGTALK_…), then
// file (--config or RINGTALK_CONFIG), then default.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "app/config/config.h"

namespace ringtalk::app::config {

inline constexpr int kExitConfigError = 78;  // EX_CONFIG of sysexits.h

struct Startup {
  Config config;
  std::string text;  // of --help, --version or --print-config: print it and exit; else empty
};

struct Sources {
  std::span<const std::string> arguments;  // without the program's name
  std::span<const std::string> variables;  // "NAME=value", as in environ
};

// The error names for each fault its source, and the nearest name to an unknown one; it ends with a
// line end and never tells a secret.
std::expected<Startup, std::string> load_config(const Sources& sources);

std::string help_text();
std::string_view version();

}  // namespace ringtalk::app::config
