#include "app/protocol/json_reader.h"

#include <fmt/format.h>
#include <tsl/robin_set.h>

#include <algorithm>
#include <array>

#include "app/protocol/bounds.h"
#include "app/protocol/json_fields.h"

namespace ringtalk::app::protocol {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

std::unexpected<Problem> malformed(std::string_view why) {
  return std::unexpected(
      Problem{.code = ErrorCode::kMalformedJson, .detail = fmt::format("the text {}", why)});
}

// A raw NUL is no JSON, but an escaped one is, and neither PostgreSQL nor a client's C would take
// it. In a text that simdjson has accepted, backslashes stand in strings alone and begin an escape
// each.
bool has_escaped_nul(std::string_view text) {
  constexpr std::string_view kEscapedNul = "\\u0000";
  std::size_t at = text.find('\\');
  while (at != text.npos) {
    if (text.substr(at, kEscapedNul.size()) == kEscapedNul) return true;
    at = text.find('\\', at + 2);
  }
  return false;
}

// A few keys are compared each with each, many go through a hash set: an attacker chooses how many.
bool has_duplicate_key(simdjson::dom::object object) {
  constexpr std::size_t kComparedDirectlyMax = 8;
  std::array<std::string_view, kComparedDirectlyMax> few;
  tsl::robin_set<std::string_view> many;
  std::size_t count = 0;
  for (const auto [key, value] : object) {
    if (count < kComparedDirectlyMax) {
      const auto end = few.begin() + static_cast<std::ptrdiff_t>(count);
      if (std::find(few.begin(), end, key) != end) return true;
      few[count] = key;
    } else {
      if (count == kComparedDirectlyMax) many.insert(few.begin(), few.end());
      if (!many.insert(key).second) return true;
    }
    ++count;
  }
  return false;
}

// What simdjson does not mind, in `value` (at `depth`) and all that lies in it.
std::string_view structure_fault(element value, std::size_t depth) {
  const element_type type = value.type();
  if (type != element_type::OBJECT && type != element_type::ARRAY) return {};
  if (depth > kJsonDepthMax) return "is nested too deeply";
  std::string_view fault;
  if (type == element_type::ARRAY) {
    for (const element item : simdjson::dom::array(value)) {
      fault = structure_fault(item, depth + 1);
      if (!fault.empty()) break;
    }
    return fault;
  }
  const simdjson::dom::object object(value);
  if (has_duplicate_key(object)) return "has a duplicate key";
  for (const auto [key, member] : object) {
    fault = structure_fault(member, depth + 1);
    if (!fault.empty()) break;
  }
  return fault;
}

std::string_view words_for(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "is empty";
    case simdjson::UTF8_ERROR:
      return "is not valid UTF-8";
    case simdjson::DEPTH_ERROR:
      return "is nested too deeply";
    case simdjson::STRING_ERROR:
      return "has a malformed string: a bad escape, a lone surrogate or a control character";
    case simdjson::NUMBER_ERROR:
      return "has a malformed number, or one that is too large";
    default:
      return "is not valid JSON";
  }
}

}  // namespace

JsonReader::JsonReader() : parser_(std::make_unique<Parser>()) {}

JsonReader::~JsonReader() = default;

Parsed<simdjson::dom::object> read_object(JsonReader& reader, std::string_view text) {
  if (text.size() > kJsonBytesMax) return std::unexpected(Problem{.code = ErrorCode::kTooLarge});
  element root;
  const auto error = reader.parser().dom.parse(text.data(), text.size(), true).get(root);
  if (error) return malformed(words_for(error));
  if (has_escaped_nul(text)) return malformed("has a NUL in a string");
  const std::string_view structure = structure_fault(root, 1);
  if (!structure.empty()) return malformed(structure);

  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return std::unexpected(validation_problem({{.field = "", .detail = "must be a JSON object"}}));
  }
  return object;
}

}  // namespace ringtalk::app::protocol
