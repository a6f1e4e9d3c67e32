#include "app/chat/event_record.h"

#include <utility>
#include <variant>

#include "app/chat/byte_fields.h"
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

void append_event_record(std::string& bytes, const db::EventRow& row) {
  append_field(bytes, kFormat);
  append_field(bytes, row.seq);
  append_field(bytes, row.created_at_ms);
  append_field(bytes, static_cast<std::uint8_t>(row.kind));
  append_field(bytes, row.sender_id);
  append_field(bytes, std::uint8_t{row.client_id.has_value()});
  append_field(bytes, row.client_id.value_or(db::Uuid{}));
  bytes += row.body;
}

void append_event_record(std::string& bytes, const protocol::EventView& event,
                         const std::optional<protocol::Uuid>& send_key) {
  db::EventRow row{
      .seq = event.seq,
      .kind = static_cast<db::EventKind>(std::to_underlying(protocol::kind_of(event.detail))),
      .sender_id = actor_of(event.detail).value,
      .created_at_ms = event.timestamp_ms,
      .body = protocol::event_body(event.detail)};
  if (send_key) row.client_id = send_key->bytes;
  append_event_record(bytes, row);
}

std::optional<db::EventRow> parse_event_record(protocol::ConversationId conversation_id,
                                               std::string_view bytes) {
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
  if (has_key != 0) row.client_id = key;
  return row;
}

}  // namespace ringtalk::app::chat
