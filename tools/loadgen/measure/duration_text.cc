#include "loadgen/measure/duration_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace ringtalk::loadgen {

namespace {

struct Unit {
  std::string_view name;
  double ns;
};

constexpr std::array<Unit, 7> kUnits{{{"d", 86'400e9},
                                      {"h", 3'600e9},
                                      {"min", 60e9},
                                      {"s", 1e9},
                                      {"ms", 1e6},
                                      {"us", 1e3},
                                      {"ns", 1}}};
constexpr double kLongestNs = 36'525 * 86'400e9;

}  // namespace

std::optional<double> read_decimal(std::string_view text) {
  if (text.empty() || text.size() > 20 || text.front() == '.' || text.back() == '.')
    return std::nullopt;
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  double value = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || after != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::chrono::nanoseconds> read_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = read_decimal(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (text.substr(digits) != unit.name) continue;
    const double ns = *number * unit.ns;
    if (ns > kLongestNs) return std::nullopt;
    return std::chrono::nanoseconds(std::llround(ns));
  }
  return std::nullopt;
}

std::string show_duration(std::chrono::nanoseconds duration) {
  const auto ns = static_cast<double>(duration.count());
  if (ns == 0) return "0";
  if (ns >= 120e9) {
    const auto seconds = static_cast<std::int64_t>(std::llround(ns / 1e9));
    if (seconds >= 7'200) return fmt::format("{} h {} min", seconds / 3'600, seconds / 60 % 60);
    return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  }
  // The unit is chosen by what three digits round to: 999.6 us is 1.00 ms.
  const Unit unit = ns >= 999.5e6 ? kUnits[3] : ns >= 999.5e3 ? kUnits[4] : kUnits[5];
  const double value = ns / unit.ns;
  return fmt::format("{:.{}f} {}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, unit.name);
}

std::string write_duration(std::chrono::nanoseconds duration) {
  const std::int64_t ns = duration.count();
  if (ns == 0) return "0s";
  for (const Unit& unit : kUnits) {
    const auto factor = static_cast<std::int64_t>(unit.ns);
    if (ns % factor == 0) return fmt::format("{}{}", ns / factor, unit.name);
  }
  return {};  // not reached: every number of nanoseconds divides by one
}

}  // namespace ringtalk::loadgen
