#include "app/protocol/text_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/protocol/bounds.h"

namespace ringtalk::app::protocol {

namespace {

// Takes the first code point off `rest`, which is valid UTF-8 and not empty.
char32_t take_code_point(std::string_view& rest) {
  const auto lead = static_cast<unsigned char>(rest.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  char32_t code_point = size == 1 ? lead : lead & (0x7fU >> size);
  for (std::size_t i = 1; i < std::min(size, rest.size()); ++i) {
    code_point = code_point << 6 | (static_cast<unsigned char>(rest[i]) & 0x3fU);
  }
  rest.remove_prefix(std::min(size, rest.size()));
  return code_point;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

// Unicode's White_Space, less what is_control has already.
bool is_blank(char32_t c) {
  return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

template <class Predicate>
bool holds_any(std::string_view text, Predicate predicate) {
  while (!text.empty()) {
    if (predicate(take_code_point(text))) return true;
  }
  return false;
}

struct Length {
  std::size_t min = 0;
  std::size_t max = 0;
};

Fault length_fault(std::string_view text, Length length) {
  const std::size_t count = count_code_points(text);
  if (count >= length.min && count <= length.max) return std::nullopt;
  return fmt::format("must have {} to {} characters", length.min, length.max);
}

Fault name_fault(std::string_view name, std::size_t characters_max) {
  if (auto fault = length_fault(name, {.min = 1, .max = characters_max})) return fault;
  if (holds_any(name, is_control)) return "must not contain control characters";
  if (!holds_any(name, [](char32_t c) { return !is_blank(c); })) return "must not be blank";
  return std::nullopt;
}

bool is_dotted_domain(std::string_view domain) {
  return domain.find('.') != domain.npos && !domain.starts_with('.') && !domain.ends_with('.') &&
         domain.find("..") == domain.npos;
}

}  // namespace

Fault user_name_fault(std::string_view name) {
  return name_fault(name, kUserNameMax);
}

Fault test_name_prefix_fault(std::string_view prefix) {
  return name_fault(prefix, kTestNamePrefixMax);
}

Fault conversation_name_fault(std::string_view name) {
  return name_fault(name, kConversationNameMax);
}

Fault email_fault(std::string_view email) {
  if (count_code_points(email) > kEmailMax) {
    return fmt::format("must have at most {} characters", kEmailMax);
  }
  if (std::ranges::count(email, '@') != 1) return "must contain one @";
  if (holds_any(email, [](char32_t c) { return is_control(c) || is_blank(c); })) {
    return "must not contain blanks or control characters";
  }
  const std::size_t at = email.find('@');
  const std::size_t local_part = count_code_points(email.substr(0, at));
  if (local_part == 0 || local_part > kEmailLocalPartMax) {
    return fmt::format("must have 1 to {} characters before the @", kEmailLocalPartMax);
  }
  if (!is_dotted_domain(email.substr(at + 1))) return "must have a dotted domain after the @";
  return std::nullopt;
}

Fault password_fault(std::string_view password) {
  return length_fault(password, {.min = kPasswordMin, .max = kPasswordMax});
}

Fault content_fault(std::string_view content) {
  return length_fault(content, {.min = 1, .max = kContentMax});
}

Fault message_type_fault(std::string_view type) {
  if (type == "text") return std::nullopt;
  return "must be \"text\"";
}

Fault ref_fault(std::string_view ref) {
  return length_fault(ref, {.min = 0, .max = kRefMax});
}

Fault no_fault(std::string_view) {
  return std::nullopt;
}

std::string fold_email(std::string_view email) {
  std::string folded(email);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

std::size_t count_code_points(std::string_view text) {
  const auto begins_code_point = [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_code_point));
}

}  // namespace ringtalk::app::protocol
