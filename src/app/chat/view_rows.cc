#include "app/chat/view_rows.h"

#include <algorithm>
#include <utility>

#include "app/auth/secrets.h"
#include "app/protocol/event_body.h"

namespace ringtalk::app::chat {

namespace {

// "Ringta", the version in the high half of a byte, "lk" without its place for version and variant:
// bytes 6 and 8 carry those. What is left for chance is 56 bits within one conversation, and a
// collision there is refused as a reused key, never lost.
constexpr std::array<std::uint8_t, 8> kOwnPrefix{'R', 'i', 'n', 'g', 't', 'a', 0x80, 'l'};
constexpr std::uint8_t kVariantMask = 0x3f;
constexpr std::uint8_t kVariant = 0x80;

std::vector<protocol::UserId> user_ids(const std::vector<std::int64_t>& values) {
  std::vector<protocol::UserId> ids;
  ids.reserve(values.size());
  for (const std::int64_t value : values) ids.push_back({value});
  return ids;
}

// The store's names and ours stand side by side, so that neither side needs the other's headers.
protocol::MessageStatus status_of(db::MessageStatus status) {
  switch (status) {
    case db::MessageStatus::kSent:
      return protocol::MessageStatus::kSent;
    case db::MessageStatus::kDelivered:
      return protocol::MessageStatus::kDelivered;
    case db::MessageStatus::kRead:
      return protocol::MessageStatus::kRead;
  }
  std::unreachable();
}

}  // namespace

protocol::Uuid make_own_client_id() {
  protocol::Uuid id{auth::random_bytes<16>()};
  std::ranges::copy(kOwnPrefix, id.bytes.begin());
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & kVariantMask) | kVariant);
  return id;
}

std::optional<protocol::Uuid> shown_client_id(const protocol::Uuid& client_id) {
  if (std::ranges::equal(kOwnPrefix, std::span(client_id.bytes).first<kOwnPrefix.size()>())) {
    return std::nullopt;
  }
  return client_id;
}

protocol::MessageView message_view(const db::MessageRow& row) {
  std::optional<protocol::Uuid> client_id;
  if (row.client_id) client_id = shown_client_id({*row.client_id});
  return {.conversation_id = {row.conversation_id},
          .seq = row.seq,
          .sender_id = {row.sender_id},
          .content = row.body,
          .timestamp_ms = row.created_at_ms,
          .client_id = client_id,
          .status = status_of(row.status)};
}

protocol::Parsed<protocol::EventView> event_view(const db::EventRow& row,
                                                 protocol::JsonReader& reader) {
  protocol::EventView event{.seq = row.seq, .timestamp_ms = row.created_at_ms};
  if (row.kind == db::EventKind::kMessage) {
    event.detail = message_view(row);
    return event;
  }
  const auto kind = static_cast<protocol::EventKind>(std::to_underlying(row.kind));
  auto detail = protocol::parse_event_body(reader, kind, row.body);
  if (!detail) return std::unexpected(protocol::Problem{.code = protocol::ErrorCode::kInternal});
  event.detail = std::move(*detail);
  return event;
}

protocol::ConversationView conversation_view(const db::ConversationRow& row) {
  std::optional<protocol::MessageView> last_message;
  if (row.last_message) last_message = message_view(*row.last_message);
  return {.id = {row.id},
          .name = row.name,
          .creator_id = {row.creator_id},
          .member_ids = user_ids(row.member_ids),
          .is_group = row.is_group,
          .created_at_ms = row.created_at_ms,
          .last_seq = row.last_seq,
          .last_message = std::move(last_message),
          .delivered_seq = row.delivered_seq,
          .read_seq = row.read_seq,
          .unread_count = row.unread_count,
          .last_activity_ms = row.activity_ms};
}

protocol::UserView user_view(const db::UserRow& row, UserAspect aspect) {
  return {.id = {row.id},
          .name = row.name,
          .is_online = aspect.is_online,
          .created_at_ms = row.created_at_ms,
          .email = aspect.is_own ? std::optional(row.email) : std::nullopt};
}

protocol::ConversationMark conversation_mark(const db::HeadRow& row) {
  return {.id = {row.conversation_id},
          .last_seq = row.last_seq,
          .delivered_seq = row.delivered_seq,
          .read_seq = row.read_seq};
}

}  // namespace ringtalk::app::chat
