// Command: one command to Redis in its wire form (RESP arrays of bulk strings). A value; built
// word by word, any bytes in each:
//
//   Command("ZADD").add(key).add(seq).add(member)
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ringtalk::cache {

class Command {
 public:
  explicit Command(std::string_view name) { add(name); }

  Command& add(std::string_view word) &;
  Command& add(std::signed_integral auto number) & { return add_number(number); }
  Command&& add(const auto& word) && { return std::move(add(word)); }

  [[nodiscard]] std::size_t words() const { return words_; }
  /// Of its wire form, to a few bytes.
  [[nodiscard]] std::size_t size() const { return body_.size() + 8; }
  void append_to(std::string& wire) const;

 private:
  Command& add_number(std::int64_t number);

  std::string body_;
  std::size_t words_ = 0;
};

}  // namespace ringtalk::cache
