#include "loadgen/traffic/world.h"

#include <charconv>
#include <functional>

namespace ringtalk::loadgen {

std::int64_t key_of(std::string_view id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error == std::errc() && end == id.data() + id.size() && number > 0) return number;
  return static_cast<std::int64_t>(std::hash<std::string_view>()(id) | (std::uint64_t{1} << 63));
}

}  // namespace ringtalk::loadgen
