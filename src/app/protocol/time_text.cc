#include "app/protocol/time_text.h"

#include <cassert>
#include <charconv>
#include <chrono>

namespace ringtalk::app::protocol {

namespace {

template <std::size_t kWidth>
void put_digits(char* at, std::int64_t value) {
  for (std::size_t i = kWidth; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

// Takes text from its beginning, piece by piece; the first piece that is not there spoils it all.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  // A number of exactly `width` digits in `low`..`high`.
  int number(std::size_t width, int low, int high) {
    int value = 0;
    if (rest_.size() < width) return spoil();
    for (const char c : rest_.substr(0, width)) {
      if (!is_digit(c)) return spoil();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return value < low || value > high ? spoil() : value;
  }

  char one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
      spoil();
      return '\0';
    }
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }

  bool skips(char character) {
    if (!rest_.starts_with(character)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // The digits of a fraction of a second (at least one), as milliseconds.
  int fraction(Rounding rounding) {
    int milliseconds = 0;
    int scale = 100;
    bool has_remainder = false;
    if (rest_.empty() || !is_digit(rest_.front())) return spoil();
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) {
      const int digit = rest_.front() - '0';
      milliseconds += digit * scale;
      if (scale == 0 && digit != 0) has_remainder = true;
      scale /= 10;
    }
    return milliseconds + (has_remainder && rounding == Rounding::kUp ? 1 : 0);
  }

  bool is_whole() const { return !is_spoilt_ && rest_.empty(); }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  int spoil() {
    is_spoilt_ = true;
    return 0;
  }

  std::string_view rest_;
  bool is_spoilt_ = false;
};

// Minutes east of Greenwich.
int scan_offset(TimeScanner& scanner, std::string_view plus_signs) {
  if (scanner.skips('Z') || scanner.skips('z')) return 0;
  const bool is_west = scanner.skips('-');
  if (!is_west) scanner.one_of(plus_signs);
  const int hours = scanner.number(2, 0, 23);
  scanner.one_of(":");
  const int minutes = hours * 60 + scanner.number(2, 0, 59);
  return is_west ? -minutes : minutes;
}

std::optional<std::int64_t> scan_time(std::string_view text, Rounding rounding,
                                      std::string_view plus_signs) {
  TimeScanner scanner(text);
  const int year = scanner.number(4, 0, 9999);
  scanner.one_of("-");
  const int month = scanner.number(2, 1, 12);
  scanner.one_of("-");
  const int day = scanner.number(2, 1, 31);
  scanner.one_of("Tt ");
  const int hour = scanner.number(2, 0, 23);
  scanner.one_of(":");
  const int minute = scanner.number(2, 0, 59);
  scanner.one_of(":");
  const int second = scanner.number(2, 0, 60);
  const int milliseconds = scanner.skips('.') ? scanner.fraction(rounding) : 0;
  const int offset_minutes = scan_offset(scanner, plus_signs);
  if (!scanner.is_whole()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds =
      days * 86'400 + hour * 3'600 + (minute - offset_minutes) * 60 + second;
  if (second == 60 && seconds % 86'400 != 0) return std::nullopt;
  const std::int64_t unix_ms = seconds * 1'000 + milliseconds;
  if (unix_ms < kTimeMsMin || unix_ms > kTimeMsMax) return std::nullopt;
  return unix_ms;
}

std::optional<std::int64_t> parse_unix_ms(std::string_view digits) {
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || stop != end || value > kTimeMsMax) return std::nullopt;
  return value;
}

}  // namespace

std::array<char, kTimeTextBytes> format_time(std::int64_t unix_ms) {
  assert(unix_ms >= kTimeMsMin && unix_ms <= kTimeMsMax);
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{unix_ms}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::int64_t in_day = (time - day).count();

  std::array<char, kTimeTextBytes> text{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0',
                                        '0', ':', '0', '0', ':', '0', '0', '.', '0', '0', '0', 'Z'};
  put_digits<4>(&text[0], static_cast<int>(date.year()));
  put_digits<2>(&text[5], static_cast<unsigned>(date.month()));
  put_digits<2>(&text[8], static_cast<unsigned>(date.day()));
  put_digits<2>(&text[11], in_day / 3'600'000);
  put_digits<2>(&text[14], in_day / 60'000 % 60);
  put_digits<2>(&text[17], in_day / 1'000 % 60);
  put_digits<3>(&text[20], in_day % 1'000);
  return text;
}

void append_time(std::string& out, std::int64_t unix_ms) {
  const auto text = format_time(unix_ms);
  out.append(text.data(), text.size());
}

std::optional<std::int64_t> parse_time(std::string_view text, Rounding rounding) {
  return scan_time(text, rounding, "+");
}

std::optional<std::int64_t> parse_before(std::string_view text) {
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  return is_number ? parse_unix_ms(text) : scan_time(text, Rounding::kUp, "+ ");
}

}  // namespace ringtalk::app::protocol
