// The one table of options: flags, environment, file, --help and --print-config are all made of it.
// Built once, constant, main thread.
#pragma once

#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "app/config/config.h"

namespace ringtalk::app::config {

struct Option {
  std::string_view group;
  std::string_view name;  // "heartbeat-grace": the flag without dashes, and the key in the file
  std::string_view help;
  bool is_secret = false;
  std::string value_form;  // what a value looks like, for --help: "NUMBER", "on|off"
  std::string bounds;      // "1 to 64", or nothing

  // Takes a value's text into the Config; the error says what it must be ("must be …").
  std::function<std::expected<void, std::string>(Config&, std::string_view)> set;
  std::function<std::string(const Config&)> show;
};

std::span<const Option> option_table();
const Option* find_option(std::string_view name);

// "heartbeat-grace" → "RINGTALK_HEARTBEAT_GRACE".
inline constexpr std::string_view kVariablePrefix = "RINGTALK_";
std::string variable_of(std::string_view option_name);

}  // namespace ringtalk::app::config
