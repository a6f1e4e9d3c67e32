// Times as text: RFC 3339 in UTC with milliseconds out, any RFC 3339 in.
// Pure functions, any thread. Times are Unix milliseconds, of the years 0000 to 9999.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::app::protocol {

inline constexpr std::size_t kTimeTextBytes = 24;  // 2026-11-23T10:00:00.123Z

// What RFC 3339 can say, and so what may be formatted; past it on either side is a bug of the
// caller.
inline constexpr std::int64_t kTimeMsMin = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
inline constexpr std::int64_t kTimeMsMax = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

std::array<char, kTimeTextBytes> format_time(std::int64_t unix_ms);
void append_time(std::string& out, std::int64_t unix_ms);

// What becomes of a fraction finer than a millisecond.
enum class Rounding : std::uint8_t { kDown, kUp };

// RFC 3339 §5.6, with its leniencies: `T` and `Z` in either case, or a blank between date and time.
// An offset is required. A leap second (:60) is accepted where one can be, at the end of a UTC day,
// and counts as the first second of the next day, as Unix time has it.
std::optional<std::int64_t> parse_time(std::string_view text, Rounding rounding = Rounding::kDown);

// The `before` parameter: RFC 3339 or Unix milliseconds in digits. "Strictly earlier than a
// fraction of a millisecond" takes in the whole one, so it is rounded up. A `+` that nobody escaped
// arrives out of a query as a blank, and is taken for what was meant.
std::optional<std::int64_t> parse_before(std::string_view text);

}  // namespace ringtalk::app::protocol
