#include "http/message.h"

#include <algorithm>

#include "http/text.h"

namespace ringtalk::http {

std::string_view method_name(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
  }
  __builtin_unreachable();
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, to_lower, to_lower);
}

void HeaderList::add(std::string_view name, std::string_view value) {
  const auto name_begin = static_cast<std::uint32_t>(text_.size());
  const auto value_begin = static_cast<std::uint32_t>(name_begin + name.size());
  const auto value_end = static_cast<std::uint32_t>(value_begin + value.size());
  text_.append(name).append(value);
  fields_.push_back({name_begin, value_begin, value_end});
}

void HeaderList::clear() {
  text_.clear();
  fields_.clear();
}

std::optional<std::string_view> HeaderList::find(std::string_view name) const {
  for (const Header field : *this) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

Header HeaderList::operator[](std::size_t index) const {
  const Field& field = fields_[index];
  const std::string_view text = text_;
  return {.name = text.substr(field.name_begin, field.value_begin - field.name_begin),
          .value = text.substr(field.value_begin, field.value_end - field.value_begin)};
}

RequestError malformed_request(std::string_view detail) {
  return {.status = 400, .code = "malformed_request", .detail = std::string(detail)};
}

bool header_has_token(const Request& request, std::string_view name, std::string_view token) {
  for (const Header field : request.headers) {
    if (!equals_ignoring_case(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (equals_ignoring_case(trim_blanks(rest.substr(0, comma)), token)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

}  // namespace ringtalk::http
