// UTF-8 checks for text messages and close reasons (RFC 6455 §8.1, RFC 3629).
// A Utf8Validator belongs to one stream of text and to one thread; it remembers at most one
// unfinished character, never bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringtalk::ws {

/// Whether `text` is whole, valid UTF-8. Surrogates, overlong forms and code points past U+10FFFF
/// are not.
bool is_valid_utf8(std::string_view text);

/// The same check for text that comes in pieces, cut anywhere.
class Utf8Validator {
 public:
  /// False as soon as a byte cannot belong to valid text, even in the middle of a character; the
  /// validator is of no use after that.
  [[nodiscard]] bool feed(std::string_view piece);

  /// False in the middle of a character: an error if the message ends here.
  bool is_complete() const { return bytes_missing_ == 0; }

 private:
  bool step(std::uint8_t byte);
  bool begin_character(std::uint8_t lead);

  std::uint8_t bytes_missing_ = 0;  // continuation bytes that the character still lacks
  std::uint8_t next_min_ = 0x80;    // what the next of them may be
  std::uint8_t next_max_ = 0xBF;
};

}  // namespace ringtalk::ws
