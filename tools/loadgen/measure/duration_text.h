// Durations as people write and read them: "500ms", "1.5s", "5min"; "12.3 ms". Pure functions.
// A reading gives the value, or nothing for text that is none.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::loadgen {

/// A decimal number and a unit (ns, us, ms, s, min, h, d), up to a hundred years.
[[nodiscard]] std::optional<std::chrono::nanoseconds> read_duration(std::string_view text);

/// Three digits and the unit that fits: "87.0 us", "1.25 s", "2 min 5 s"; "0" for nothing.
[[nodiscard]] std::string show_duration(std::chrono::nanoseconds duration);

/// As read_duration() reads it, exact: "1500ms", "5min".
[[nodiscard]] std::string write_duration(std::chrono::nanoseconds duration);

/// Digits with an optional fraction, no sign, no exponent.
[[nodiscard]] std::optional<double> read_decimal(std::string_view text);

}  // namespace ringtalk::loadgen
