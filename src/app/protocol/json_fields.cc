#include "app/protocol/json_fields.h"

#include <fmt/format.h>
#include <tsl/robin_set.h>

namespace ringtalk::app::protocol {

std::string Fields::text(std::string_view name, TextRule rule) {
  if (!find_required(name)) return {};
  return optional_text(name, rule).value_or("");
}

std::optional<std::string> Fields::optional_text(std::string_view name, TextRule rule) {
  const auto text = view(name);
  if (!text) return std::nullopt;
  if (const Fault fault = rule(*text)) {
    refuse(name, *fault);
    return std::nullopt;
  }
  return std::string(*text);
}

std::int64_t Fields::integer(std::string_view name, IntegerRange range) {
  if (!find_required(name)) return range.min;
  return optional_integer(name, range).value_or(range.min);
}

std::optional<std::int64_t> Fields::optional_integer(std::string_view name, IntegerRange range) {
  const auto element = find(name);
  if (!element) return std::nullopt;
  if (!element->is_int64() && !element->is_uint64()) {
    refuse(name, "must be an integer");
    return std::nullopt;
  }
  std::int64_t value = 0;  // get_int64 fails for what only 64 bits without a sign can hold
  const bool fits = element->get_int64().get(value) == simdjson::SUCCESS;
  if (!fits || value < range.min || value > range.max) {
    refuse(name, fmt::format("must be a number from {} to {}", range.min, range.max));
    return std::nullopt;
  }
  return value;
}

bool Fields::boolean(std::string_view name) {
  const auto element = find_required(name);
  bool value = false;
  if (element && element->get_bool().get(value) != simdjson::SUCCESS) {
    refuse(name, "must be true or false");
  }
  return value;
}

std::optional<Uuid> Fields::optional_uuid(std::string_view name) {
  const auto text = view(name);
  if (!text) return std::nullopt;
  const auto uuid = parse_uuid(*text);
  if (!uuid) refuse(name, "must be a UUID");
  return uuid;
}

ConversationId Fields::conversation_id(std::string_view name) {
  if (!find_required(name)) return {};
  const auto text = view(name);
  if (!text) return {};
  const auto id = read_id<ConversationId>(*text);
  if (!id) refuse(name, "must be an id");
  return id.value_or(ConversationId{});
}

std::vector<UserId> Fields::user_ids(std::string_view name, CountRange count,
                                     std::vector<std::string>* foreign) {
  const auto element = find_required(name);
  if (!element) return {};
  simdjson::dom::array array;
  if (element->get_array().get(array) != simdjson::SUCCESS) {
    refuse(name, "must be an array");
    return {};
  }
  // array.size() stops counting at 2^24, far beyond what 64 KiB of text can hold.
  if (array.size() < count.min || array.size() > count.max) {
    refuse(name, fmt::format("must have {} to {} items", count.min, count.max));
    return {};
  }
  std::vector<UserId> ids;
  tsl::robin_set<UserId, std::hash<UserId>> seen;
  std::size_t index = 0;
  for (const Element item : array) {
    std::string_view text;
    const bool is_text = item.get_string().get(text) == simdjson::SUCCESS;
    const auto id = is_text ? read_id<UserId>(text) : std::nullopt;
    if (!id) {
      refuse(fmt::format("{}[{}]", name, index), "must be an id");
      return {};
    }
    if (*id == UserId{} && foreign != nullptr) {
      foreign->emplace_back(text);
    } else if (seen.insert(*id).second) {
      ids.push_back(*id);
    }
    ++index;
  }
  return ids;
}

std::optional<std::string_view> Fields::view(std::string_view name) {
  const auto element = find(name);
  if (!element) return std::nullopt;
  std::string_view text;
  if (element->get_string().get(text) == simdjson::SUCCESS) return text;
  refuse(name, "must be a string");
  return std::nullopt;
}

void Fields::refuse(std::string_view name, std::string_view detail) {
  errors_.push_back({.field = std::string(name), .detail = std::string(detail)});
}

std::optional<Fields::Element> Fields::find(std::string_view name) const {
  Element element;
  if (object_.at_key(name).get(element) != simdjson::SUCCESS || element.is_null()) {
    return std::nullopt;
  }
  return element;
}

std::optional<Fields::Element> Fields::find_required(std::string_view name) {
  auto element = find(name);
  if (!element) refuse(name, "is required");
  return element;
}

}  // namespace ringtalk::app::protocol
