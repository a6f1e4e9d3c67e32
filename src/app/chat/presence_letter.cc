#include "app/chat/presence_letter.h"

#include "app/chat/byte_fields.h"

namespace ringtalk::app::chat {
namespace {

constexpr std::uint8_t kFormat = 1;

}  // namespace

std::string write_presence_letter(const PresenceLetter& letter) {
  std::string bytes;
  append_field(bytes, kFormat);
  append_field(bytes, letter.from);
  append_field(bytes, letter.user.value);
  append_field(bytes, std::uint8_t{letter.is_online});
  append_field(bytes, letter.last_seen_ms);
  return bytes;
}

std::optional<PresenceLetter> parse_presence_letter(std::string_view bytes) {
  FieldReader fields(bytes);
  const auto format = fields.take<std::uint8_t>();
  PresenceLetter letter;
  letter.from = fields.take<InstanceId>();
  letter.user = {fields.take<std::int64_t>()};
  const auto is_online = fields.take<std::uint8_t>();
  letter.is_online = is_online == 1;
  letter.last_seen_ms = fields.take<std::int64_t>();
  if (fields.is_short() || !fields.rest().empty() || format != kFormat || is_online > 1 ||
      letter.user.value <= 0 || letter.last_seen_ms < 0) {
    return std::nullopt;
  }
  return letter;
}

}  // namespace ringtalk::app::chat
