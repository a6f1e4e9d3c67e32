// Reply: one answer of Redis (RESP2), owned by whoever asked. A status such as OK is a string.
// A value; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ringtalk::cache {

struct Reply {
  enum class Kind : std::uint8_t { kNil, kInteger, kString, kArray, kError };

  Kind kind = Kind::kNil;
  std::int64_t integer = 0;
  std::string text;  // of a string; of an error with its code first: "WRONGPASS invalid …"
  std::vector<Reply> elements;

  [[nodiscard]] bool is_error() const { return kind == Kind::kError; }
  [[nodiscard]] bool is_string(const char* expected) const {
    return kind == Kind::kString && text == expected;
  }
};

}  // namespace ringtalk::cache
