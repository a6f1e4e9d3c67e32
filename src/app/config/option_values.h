// The text forms of option values: switches, numbers, sizes, durations.
// Pure functions, main thread. A reading gives the value, or nothing for text that is none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::app::config {

// "on" or "off", "true" or "false".
std::optional<bool> read_switch(std::string_view text);
std::string show_switch(bool is_on);

// Decimal digits, no sign.
std::optional<std::int64_t> read_number(std::string_view text);

// A number with B, KiB, MiB or GiB; alone it means bytes.
std::optional<std::int64_t> read_bytes(std::string_view text);
std::string show_bytes(std::int64_t bytes);

// A number with ms, s, min (or m), h or d; the unit is needed.
std::optional<std::chrono::milliseconds> read_duration(std::string_view text);
std::string show_duration(std::chrono::milliseconds duration);

}  // namespace ringtalk::app::config
