#include <fmt/format.h>
#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "app/config/setting.h"

namespace ringtalk::app::config {

namespace {

std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::to_string(number->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "on" : "off";
  return std::nullopt;
}

std::string place_of(const std::string& path, const toml::source_region& source) {
  return fmt::format("{}:{}", path, source.begin.line);
}

Settings settings_of(const toml::table& table, const std::string& path) {
  std::vector<Setting> settings;
  for (const auto& [key, node] : table) {
    const std::string place = place_of(path, node.is_table() ? node.source() : key.source());
    const std::string name(key.str());
    if (node.is_table()) {
      return std::unexpected(fmt::format("{}: {}: there are no sections here", place, name));
    }
    auto value = text_of(node);
    if (!value) {
      return std::unexpected(
          fmt::format("{}: {}: must be text, a whole number, true or false", place, name));
    }
    settings.push_back(
        {.name = name, .value = std::move(*value), .source = fmt::format("{}: {}", place, name)});
  }
  return settings;
}

}  // namespace

Settings read_config_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return std::unexpected(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  }
  try {
    return settings_of(toml::parse(stream, path), path);
  } catch (const toml::parse_error& error) {
    return std::unexpected(
        fmt::format("{}: {}", place_of(path, error.source()), error.description()));
  }
}

}  // namespace ringtalk::app::config
