// The UTF-8 check that one writes first: a loop over bytes, right to the letter of RFC 3629 and
// slow. The naive twin of ws/utf8 and part of that of the frame parser. A pure function.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringtalk::bench {

inline bool naive_is_valid_utf8(std::string_view text) {
  std::uint32_t code_point = 0;
  std::uint32_t code_point_min = 0;
  int missing = 0;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (missing > 0) {
      if ((byte & 0xC0) != 0x80) return false;
      code_point = code_point << 6 | (byte & 0x3F);
      if (--missing > 0) continue;
      const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
      if (code_point < code_point_min || code_point > 0x10FFFF || is_surrogate) return false;
    } else if (byte >= 0xF8 || (byte & 0xC0) == 0x80) {
      return false;
    } else if (byte >= 0x80) {
      missing = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
      code_point = byte & (0x3FU >> missing);
      code_point_min = missing == 3 ? 0x10000 : missing == 2 ? 0x800 : 0x80;
    }
  }
  return missing == 0;
}

}  // namespace ringtalk::bench
