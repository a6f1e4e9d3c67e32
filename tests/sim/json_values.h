// Members of what the server says, read leniently: what is missing, or null, is empty, 0 or false,
// and whatever is checked next will miss it. Pure functions; any thread.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string_view>

#include "app/protocol/ids.h"

namespace ringtalk::sim {

[[nodiscard]] inline std::string_view text_of(simdjson::dom::element object,
                                              std::string_view name) {
  std::string_view value;
  static_cast<void>(object[name].get(value));
  return value;
}

[[nodiscard]] inline std::int64_t number_of(simdjson::dom::element object, std::string_view name) {
  std::int64_t value = 0;
  static_cast<void>(object[name].get(value));
  return value;
}

[[nodiscard]] inline std::int64_t id_of(simdjson::dom::element object, std::string_view name) {
  return app::protocol::parse_id(text_of(object, name)).value_or(0);
}

[[nodiscard]] inline bool flag_of(simdjson::dom::element object, std::string_view name) {
  bool value = false;
  static_cast<void>(object[name].get(value));
  return value;
}

}  // namespace ringtalk::sim
