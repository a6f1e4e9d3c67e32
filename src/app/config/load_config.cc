#include "app/config/load_config.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "app/config/nearest_name.h"
#include "app/config/option_table.h"
#include "app/config/setting.h"

namespace ringtalk::app::config {

namespace {

// Where each option's value came from; what is not here has its default.
using Origins = std::map<std::string, std::string, std::less<>>;

std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const Option& option : option_table()) names.emplace_back(option.name);
  return names;
}

// Takes one setting into the config, over what an earlier source said; an error is a line.
std::string apply(const Setting& setting, Config& config, Origins& origins) {
  const Option* const option = find_option(setting.name);
  if (option == nullptr) {
    return fmt::format("{}: unknown option{}\n", setting.source,
                       suggestion(setting.name, option_names()));
  }
  const auto result = option->set(config, setting.value);
  if (!result) {
    const std::string given = option->is_secret ? "" : fmt::format(", not \"{}\"", setting.value);
    return fmt::format("{}: {}{}\n", setting.source, result.error(), given);
  }
  origins[setting.name] = setting.source;
  return {};
}

// What no option can see alone.
std::string check(const Config& config) {
  std::string errors;
  const auto refuse_in_production = [&](bool is_on, std::string_view flag) {
    if (is_on) errors += fmt::format("--{}: must be off in production mode\n", flag);
  };
  const bool has_key = !config.jwt_key.empty() || !config.jwt_key_file.empty();
  if (!config.jwt_key.empty() && !config.jwt_key_file.empty()) {
    errors += "--jwt-key and --jwt-key-file: only one of them may be set\n";
  }
  if (config.is_production()) {
    if (!has_key) errors += "--jwt-key-file (or --jwt-key): needed in production mode\n";
    refuse_in_production(config.has_test_endpoints, "test-endpoints");
    refuse_in_production(config.has_demo_data, "demo-data");
  }
  return errors;
}

// A value as TOML: whole numbers bare, anything else as a basic string.
std::string toml_value(std::string_view text) {
  if (!text.empty() && text.find_first_not_of("0123456789") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", c);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// The config in force, as a file that would give it again, less its secrets.
std::string config_text(const Config& config, const Origins& origins) {
  std::string text;
  std::string_view group;
  for (const Option& option : option_table()) {
    if (group != option.group) {
      text += fmt::format("{}# {}\n", text.empty() ? "" : "\n", option.group);
    }
    group = option.group;
    const auto origin = origins.find(option.name);
    const std::string source = origin == origins.end() ? "default" : origin->second;
    const std::string value = option.show(config);
    if (option.is_secret && !value.empty()) {
      text += fmt::format("# {} = \"********\"  # {}\n", option.name, source);
    } else {
      text += fmt::format("{} = {}  # {}\n", option.name, toml_value(value), source);
    }
  }
  return text;
}

}  // namespace

std::expected<Startup, std::string> load_config(const Sources& sources) {
  const auto flags = read_flags(sources.arguments);
  if (!flags) return std::unexpected(flags.error() + "\n");
  if (flags->wants_help) return Startup{.text = help_text()};
  if (flags->wants_version) return Startup{.text = fmt::format("ringtalk {}\n", version())};
  const auto environment = read_environment(sources.variables);
  if (!environment) return std::unexpected(environment.error() + "\n");

  const std::string& file =
      flags->config_file.empty() ? environment->config_file : flags->config_file;
  const Settings in_file = file.empty() ? Settings{} : read_config_file(file);
  if (!in_file) return std::unexpected(in_file.error() + "\n");

  Startup startup;
  Origins origins;
  std::string errors;
  for (const auto* settings : {&*in_file, &environment->settings, &flags->settings}) {
    for (const Setting& setting : *settings) errors += apply(setting, startup.config, origins);
  }
  if (errors.empty()) errors = check(startup.config);
  if (!errors.empty()) return std::unexpected(errors);
  if (flags->wants_config) startup.text = config_text(startup.config, origins);
  return startup;
}

std::string_view version() {
  return RINGTALK_VERSION;
}

}  // namespace ringtalk::app::config
