#include "app/protocol/json_writer.h"

#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "app/protocol/time_text.h"

namespace ringtalk::app::protocol {

namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

// A high bit in each byte that must be escaped. Bytes behind the first such one may be marked
// wrongly (a borrow runs upwards), so only the lowest mark is to be believed.
std::uint64_t marks_of_escaped_bytes(std::uint64_t word) {
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  const std::uint64_t is_control = (word - kOnes * 0x20) & ~word;
  const std::uint64_t is_quote = (quote - kOnes) & ~quote;
  const std::uint64_t is_backslash = (backslash - kOnes) & ~backslash;
  return (is_control | is_quote | is_backslash) & kHighs;
}

bool must_be_escaped(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// How many bytes from the beginning go out as they are.
std::size_t plain_prefix(std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    const std::uint64_t marks = marks_of_escaped_bytes(word);
    if (marks != 0) return at + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
  }
  while (at < text.size() && !must_be_escaped(text[at])) ++at;
  return at;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kHexDigits[static_cast<unsigned char>(c) >> 4];
  out += kHexDigits[static_cast<unsigned char>(c) & 15];
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  while (true) {
    const std::size_t plain = plain_prefix(text);
    out.append(text.data(), plain);
    if (plain == text.size()) break;
    append_escape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

JsonWriter& JsonWriter::key(std::string_view name) {
  begin_value();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  begin_value();
  append_json_text(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  begin_value();
  std::array<char, 20> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out_.append(digits.data(), result.ptr);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}

JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::id(std::int64_t value) {
  begin_value();
  out_ += '"';
  append_id(out_, value);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::id(MessageId value) {
  begin_value();
  out_ += '"';
  append_message_id(out_, value);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::uuid(const Uuid& value) {
  begin_value();
  out_ += '"';
  append_uuid(out_, value);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::time(std::int64_t unix_ms) {
  begin_value();
  out_ += '"';
  append_time(out_, unix_ms);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  begin_value();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  begin_value();
  out_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
  return *this;
}

void JsonWriter::begin_value() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

}  // namespace ringtalk::app::protocol
