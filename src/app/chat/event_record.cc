#include "app/chat/event_record.h"

#include <utility>
#include <variant>

#include "app/chat/byte_fields.h"
#include "app/chat/view_rows.h"
#include "app/protocol/event_body.h"

namespace ringtalk::app::chat {
namespace {

constexpr std::uint8_t kFormat = 1;

protocol::UserId actor_of(const protocol::EventDetail& detail) {
  if (const auto* message = std::get_if<protocol::MessageView>(&detail)) return message->sender_id;
  if (const auto* joined = std::get_if<protocol::Joined>(&detail)) return joined->by_user_id;
  if (const auto* left = std::get_if<protocol::Left>(&detail)) return left->by_user_id;
  return std::get<protocol::Renamed>(detail).by_user_id;
}

bool is_kind(std::uint8_t number) {
  return number <= std::to_underlying(db::EventKind::kRenamed);
}

}  // namespace

void append_event_record(std::string& bytes, const protocol::EventView& event,
                         const std::optional<protocol::Uuid>& send_key) {
  append_field(bytes, kFormat);
  append_field(bytes, event.seq);
  append_field(bytes, event.timestamp_ms);
  append_field(bytes, static_cast<std::uint8_t>(protocol::kind_of(event.detail)));
  append_field(bytes, actor_of(event.detail).value);
  append_field(bytes, std::uint8_t{send_key.has_value()});
  append_field(bytes, send_key.value_or(protocol::Uuid{}).bytes);
  bytes += protocol::event_body(event.detail);
}

std::optional<EventRecord> parse_event_record(protocol::ConversationId conversation_id,
                                              std::string_view bytes,
                                              protocol::JsonReader& reader) {
  FieldReader fields(bytes);
  const auto format = fields.take<std::uint8_t>();
  db::EventRow row{.conversation_id = conversation_id.value};
  row.seq = fields.take<std::int64_t>();
  row.created_at_ms = fields.take<std::int64_t>();
  const auto kind = fields.take<std::uint8_t>();
  row.sender_id = fields.take<std::int64_t>();
  const auto has_key = fields.take<std::uint8_t>();
  const auto key = fields.take<db::Uuid>();
  if (fields.is_short() || format != kFormat || !is_kind(kind) || row.seq <= 0) return std::nullopt;
  row.kind = static_cast<db::EventKind>(kind);
  row.body = fields.rest();
  EventRecord record;
  if (has_key != 0) {
    row.client_id = key;
    record.send_key = protocol::Uuid{key};
  }
  auto event = event_view(row, reader);
  if (!event) return std::nullopt;
  record.event = std::move(*event);
  return record;
}

}  // namespace ringtalk::app::chat
