#include "loadgen/options/option_values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"

namespace ringtalk::loadgen {

namespace {

template <class T>
Read<T> within(std::string_view text, T value, Bounds<T> bounds) {
  if (value >= bounds.min && value <= bounds.max) return value;
  return std::unexpected(fmt::format("{} is out of bounds", text));
}

std::optional<std::uint64_t> read_digits(std::string_view text) {
  std::uint64_t value = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || after != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_address(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

}  // namespace

Read<std::uint64_t> read_count(std::string_view text, Bounds<std::uint64_t> bounds) {
  const auto value = read_digits(text);
  if (!value) return std::unexpected(fmt::format("\"{}\" is no whole number", text));
  return within(text, *value, bounds);
}

Read<double> read_rate(std::string_view text, Bounds<double> bounds) {
  const auto value = read_decimal(text);
  if (!value) return std::unexpected(fmt::format("\"{}\" is no number", text));
  return within(text, *value, bounds);
}

Read<std::uint64_t> read_size(std::string_view text, Bounds<std::uint64_t> bounds) {
  std::string_view digits = text;
  std::uint64_t factor = 1;
  for (const auto& [unit, bytes] :
       {std::pair<std::string_view, std::uint64_t>{"KiB", 1'024}, {"MiB", 1'048'576}, {"B", 1}}) {
    if (!digits.ends_with(unit)) continue;
    digits.remove_suffix(unit.size());
    factor = bytes;
    break;
  }
  const auto value = read_digits(digits);
  if (!value)
    return std::unexpected(fmt::format("\"{}\" is no size; write 200, 4KiB or 1MiB", text));
  if (*value > bounds.max / factor)
    return std::unexpected(fmt::format("{} is out of bounds", text));
  return within(text, *value * factor, bounds);
}

Read<std::chrono::nanoseconds> read_time(std::string_view text,
                                         Bounds<std::chrono::nanoseconds> bounds) {
  const auto value = read_duration(text);
  if (!value)
    return std::unexpected(
        fmt::format("\"{}\" is no time; write a number and its unit: 500ms, 10s, 5min, 2h", text));
  return within(text, *value, bounds);
}

Read<std::vector<std::string>> read_addresses(std::string_view text) {
  std::vector<std::string> addresses;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string address(text.substr(0, comma));
    if (!is_address(address))
      return std::unexpected(
          fmt::format("\"{}\" is no address; write 127.0.0.2,127.0.0.3", address));
    if (std::ranges::find(addresses, address) != addresses.end())
      return std::unexpected(fmt::format("{} is there twice", address));
    if (addresses.size() == kAddressesMax)
      return std::unexpected(fmt::format("more than {} addresses", kAddressesMax));
    addresses.push_back(std::move(address));
    if (comma == text.size()) return addresses;
    text.remove_prefix(comma + 1);
  }
}

Read<std::string> read_url(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme) && text.size() > scheme.size() && text[scheme.size()] != '/')
      return std::string(text);
  return std::unexpected(fmt::format("\"{}\" is no URL; write http://HOST:PORT", text));
}

}  // namespace ringtalk::loadgen
