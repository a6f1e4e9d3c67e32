#include <fmt/format.h>

#include "app/config/nearest_name.h"
#include "app/config/option_table.h"
#include "app/config/setting.h"

namespace ringtalk::app::config {

namespace {

// What begins so and is no option belongs to the test suites, which start servers from an
// environment of their own.
constexpr std::string_view kTestPrefix = "RINGTALK_TEST_";
constexpr std::string_view kConfigVariable = "RINGTALK_CONFIG";

std::vector<std::string> known_variables() {
  std::vector<std::string> variables{std::string(kConfigVariable)};
  for (const Option& option : option_table()) variables.push_back(variable_of(option.name));
  return variables;
}

const Option* option_of(std::string_view variable) {
  for (const Option& option : option_table()) {
    if (variable_of(option.name) == variable) return &option;
  }
  return nullptr;
}

}  // namespace

std::expected<Environment, std::string> read_environment(std::span<const std::string> variables) {
  Environment environment;
  for (const std::string& entry : variables) {
    if (!entry.starts_with(kVariablePrefix)) continue;
    const std::size_t equals = entry.find('=');
    const std::string variable = entry.substr(0, equals);
    const std::string value = equals == entry.npos ? "" : entry.substr(equals + 1);
    const Option* const option = option_of(variable);
    if (option == nullptr && variable.starts_with(kTestPrefix)) continue;
    if (option == nullptr && variable != kConfigVariable) {
      return std::unexpected(fmt::format("unknown environment variable {}{}", variable,
                                         suggestion(variable, known_variables())));
    }
    if (value.empty()) continue;
    if (option == nullptr) {
      environment.config_file = value;
    } else {
      environment.settings.push_back(
          {.name = std::string(option->name), .value = value, .source = variable});
    }
  }
  return environment;
}

}  // namespace ringtalk::app::config
