// Reading the values of options, with their bounds: the value, or what is wrong with it in words.
// Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace ringtalk::loadgen {

template <class T>
using Read = std::expected<T, std::string>;

template <class T>
struct Bounds {
  T min, max;
};

[[nodiscard]] Read<std::uint64_t> read_count(std::string_view text, Bounds<std::uint64_t> bounds);
[[nodiscard]] Read<double> read_rate(std::string_view text, Bounds<double> bounds);
/// Bytes, with KiB or MiB if wanted.
[[nodiscard]] Read<std::uint64_t> read_size(std::string_view text, Bounds<std::uint64_t> bounds);
[[nodiscard]] Read<std::chrono::nanoseconds> read_time(std::string_view text,
                                                       Bounds<std::chrono::nanoseconds> bounds);
/// Separated by commas; each an IPv4 or IPv6 address, none twice.
[[nodiscard]] Read<std::vector<std::string>> read_addresses(std::string_view text);
inline constexpr std::size_t kAddressesMax = 256;
/// "http://host:port"; whether the host is there is found later.
[[nodiscard]] Read<std::string> read_url(std::string_view text);

}  // namespace ringtalk::loadgen
