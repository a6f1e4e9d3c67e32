#include "reactor/log_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <variant>

namespace ringtalk::reactor {
namespace {

struct LevelLook {
  std::string_view word;    // in JSON
  std::string_view column;  // in text, five wide
  std::string_view colour;
};
constexpr std::array<LevelLook, 4> kLevelLooks{{
    {"debug", "DEBUG", "\x1b[2m"},
    {"info", "INFO ", "\x1b[32m"},
    {"warn", "WARN ", "\x1b[33m"},
    {"error", "ERROR", "\x1b[31m"},
}};
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

const LevelLook& look_of(LogLevel level) {
  return kLevelLooks[static_cast<std::size_t>(level)];
}

struct Character {
  char32_t code;
  std::size_t bytes;  // 1 for an invalid byte
  bool valid;
};

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// The first character of a text that is not empty (RFC 3629: no overlong forms, no surrogates).
Character first_character(std::string_view text) {
  constexpr Character kInvalid{.code = 0xFFFD, .bytes = 1, .valid = false};
  const unsigned lead = byte_at(text, 0);
  if (lead < 0x80) return {.code = lead, .bytes = 1, .valid = true};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return kInvalid;

  char32_t code = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80U) return kInvalid;
    code = (code << 6) | (byte_at(text, i) & 0x3FU);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  if (overlong || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) return kInvalid;
  return {.code = code, .bytes = bytes, .valid = true};
}

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

bool can_stand_unquoted(std::string_view text) {
  if (text.empty()) return false;
  return std::ranges::all_of(
      text, [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '='; });
}

void append_word(std::string& out, std::string_view text) {
  if (can_stand_unquoted(text)) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

enum class Look : bool { kText, kJson };

void append_value(std::string& out, const LogField& field, Look look) {
  std::visit(
      [&out, look](auto value) {
        using Value = decltype(value);
        if constexpr (std::is_same_v<Value, std::string_view>) {
          look == Look::kJson ? append_quoted(out, value) : append_word(out, value);
        } else if constexpr (std::is_same_v<Value, double>) {
          if (look == Look::kJson && !std::isfinite(value)) {
            out += "null";  // JSON has no word for it
          } else {
            fmt::format_to(std::back_inserter(out), "{}", value);
          }
        } else {
          fmt::format_to(std::back_inserter(out), "{}", value);
        }
      },
      field.value);
}

void append_clock(std::string& out, std::int64_t unix_milliseconds) {
  using namespace std::chrono;
  const hh_mm_ss time(milliseconds(unix_milliseconds) -
                      floor<days>(milliseconds(unix_milliseconds)));
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}.{:03}", time.hours().count(),
                 time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

void append_date(std::string& out, std::int64_t unix_milliseconds) {
  using namespace std::chrono;
  const year_month_day date{floor<days>(sys_time<milliseconds>(milliseconds(unix_milliseconds)))};
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace

void append_text_line(std::string& out, const LogRecord& record, bool with_colours) {
  const auto colour = [&](std::string_view code) {
    if (with_colours) out += code;
  };
  const LevelLook& look = look_of(record.level);
  colour(kDim);
  append_clock(out, record.unix_milliseconds);
  colour(kPlain);
  out += ' ';
  colour(look.colour);
  out += look.column;
  colour(kPlain);
  out += ' ';
  colour(kBold);
  append_word(out, record.event);
  colour(kPlain);
  for (const LogField& field : record.fields) {
    out += ' ';
    colour(kDim);
    append_word(out, field.name);
    out += '=';
    colour(kPlain);
    append_value(out, field, Look::kText);
  }
  if (record.cut) out += " cut=true";
  out += '\n';
}

void append_json_line(std::string& out, const LogRecord& record) {
  out += R"({"time":")";
  append_date(out, record.unix_milliseconds);
  out += 'T';
  append_clock(out, record.unix_milliseconds);
  out += R"(Z","level":")";
  out += look_of(record.level).word;
  out += R"(","event":)";
  append_quoted(out, record.event);
  for (const LogField& field : record.fields) {
    out += ',';
    append_quoted(out, field.name);
    out += ':';
    append_value(out, field, Look::kJson);
  }
  if (record.cut) out += R"(,"cut":true)";
  out += "}\n";
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.valid) {
      out += "\xEF\xBF\xBD";  // U+FFFD
    } else if (character.code == '\n') {
      out += "\\n";
    } else if (is_control(character.code)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(character.code));
    } else {
      if (character.code == '"' || character.code == '\\') out += '\\';
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  out += '"';
}

}  // namespace ringtalk::reactor
