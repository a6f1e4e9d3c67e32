#include "app/config/option_values.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace ringtalk::app::config {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// From large to small: a value is shown in the first unit that divides it.
constexpr std::array<Unit, 4> kByteUnits{{
    {"GiB", 1 << 30},
    {"MiB", 1 << 20},
    {"KiB", 1 << 10},
    {"B", 1},
}};

constexpr std::array<Unit, 6> kDurationUnits{{
    {"d", 86'400'000},
    {"h", 3'600'000},
    {"min", 60'000},
    {"s", 1'000},
    {"ms", 1},
    {"m", 60'000},  // read, never shown
}};

std::optional<std::int64_t> read_with_unit(std::string_view text, std::span<const Unit> units) {
  const std::size_t digit_count = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = read_number(text.substr(0, digit_count));
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digit_count) != unit.name) continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

std::string show_with_unit(std::int64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value % unit.factor == 0 && value >= unit.factor) {
      return fmt::format("{}{}", value / unit.factor, unit.name);
    }
  }
  return {};
}

}  // namespace

std::optional<bool> read_switch(std::string_view text) {
  if (text == "on" || text == "true") return true;
  if (text == "off" || text == "false") return false;
  return std::nullopt;
}

std::string show_switch(bool is_on) {
  return is_on ? "on" : "off";
}

std::optional<std::int64_t> read_number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  std::int64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc{}) return std::nullopt;
  return number;
}

std::optional<std::int64_t> read_bytes(std::string_view text) {
  if (const auto bytes = read_number(text)) return bytes;
  return read_with_unit(text, kByteUnits);
}

std::string show_bytes(std::int64_t bytes) {
  return bytes == 0 ? "0B" : show_with_unit(bytes, kByteUnits);
}

std::optional<std::chrono::milliseconds> read_duration(std::string_view text) {
  const auto milliseconds = read_with_unit(text, kDurationUnits);
  if (!milliseconds) return std::nullopt;
  return std::chrono::milliseconds(*milliseconds);
}

std::string show_duration(std::chrono::milliseconds duration) {
  return duration.count() == 0 ? "0ms" : show_with_unit(duration.count(), kDurationUnits);
}

}  // namespace ringtalk::app::config
