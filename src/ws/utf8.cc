#include "ws/utf8.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>

namespace ringtalk::ws {
namespace {

constexpr bool is_continuation(std::uint8_t byte) {
  return (byte & 0xC0) == 0x80;
}

/// Bytes of the character that `lead` begins; 1 for what begins none.
constexpr std::size_t character_size(std::uint8_t lead) {
  if (lead >= 0xF0) return 4;
  if (lead >= 0xE0) return 3;
  return lead >= 0xC0 ? 2 : 1;
}

/// How many bytes at the end of `text` are the beginning of a character that goes on after it.
std::size_t unfinished_size(std::string_view text) {
  const std::size_t reach = std::min<std::size_t>(text.size(), 3);
  for (std::size_t size = 1; size <= reach; ++size) {
    const auto byte = static_cast<std::uint8_t>(text[text.size() - size]);
    if (is_continuation(byte)) continue;
    return character_size(byte) > size ? size : 0;
  }
  return 0;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text);
}

// Only the characters that a cut goes through are stepped byte by byte; simdjson takes the rest.
bool Utf8Validator::feed(std::string_view piece) {
  while (!is_complete() && !piece.empty()) {
    if (!step(static_cast<std::uint8_t>(piece.front()))) return false;
    piece.remove_prefix(1);
  }
  const std::size_t whole = piece.size() - unfinished_size(piece);
  if (!is_valid_utf8(piece.substr(0, whole))) return false;
  return std::ranges::all_of(piece.substr(whole),
                             [this](char byte) { return step(static_cast<std::uint8_t>(byte)); });
}

bool Utf8Validator::step(std::uint8_t byte) {
  if (is_complete()) return begin_character(byte);
  if (byte < next_min_ || byte > next_max_) return false;
  --bytes_missing_;
  next_min_ = 0x80;
  next_max_ = 0xBF;
  return true;
}

// RFC 3629 §4: the second byte's range is narrower after E0 and F0 (overlong forms), ED
// (surrogates) and F4 (past U+10FFFF).
bool Utf8Validator::begin_character(std::uint8_t lead) {
  if (lead < 0x80) return true;
  if (lead < 0xC2 || lead > 0xF4) return false;
  bytes_missing_ = static_cast<std::uint8_t>(character_size(lead) - 1);
  if (lead == 0xE0) next_min_ = 0xA0;
  if (lead == 0xED) next_max_ = 0x9F;
  if (lead == 0xF0) next_min_ = 0x90;
  if (lead == 0xF4) next_max_ = 0x8F;
  return true;
}

}  // namespace ringtalk::ws
