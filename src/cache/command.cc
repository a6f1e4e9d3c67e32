#include "cache/command.h"

#include <fmt/format.h>

#include <iterator>

namespace ringtalk::cache {

Command& Command::add(std::string_view word) & {
  fmt::format_to(std::back_inserter(body_), "${}\r\n", word.size());
  body_.append(word).append("\r\n");
  ++words_;
  return *this;
}

Command& Command::add_number(std::int64_t number) {
  const fmt::format_int text(number);
  return add(std::string_view(text.data(), text.size()));
}

void Command::append_to(std::string& wire) const {
  fmt::format_to(std::back_inserter(wire), "*{}\r\n", words_);
  wire += body_;
}

}  // namespace ringtalk::cache
