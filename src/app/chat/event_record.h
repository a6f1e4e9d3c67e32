// EventRecord: an event of a log as bytes, for other instances and for the cache: everything that
// the log holds of it, and nothing that depends on who reads it. Codec: pure but for the
// JsonReader, which is the caller's. Readers must bear what older and newer instances write: a
// record of another format is nothing, and whoever wanted it asks the database.
//
//   u8 format (1) · i64 seq · i64 Unix milliseconds · u8 kind · i64 user (sender, or who did it) ·
//   u8 has a client id (0, 1) · 16 bytes client id · the rest: body, as events.body
//
// Integers are little-endian.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/protocol/json_reader.h"
#include "app/protocol/views.h"

namespace ringtalk::app::chat {

struct EventRecord {
  protocol::EventView event;
  std::optional<protocol::Uuid> send_key;  // of a message: also one that clients are not shown
};

void append_event_record(std::string& bytes, const protocol::EventView& event,
                         const std::optional<protocol::Uuid>& send_key);

/// Nothing when the bytes are no record of this format.
[[nodiscard]] std::optional<EventRecord> parse_event_record(
    protocol::ConversationId conversation_id, std::string_view bytes, protocol::JsonReader& reader);

}  // namespace ringtalk::app::chat
