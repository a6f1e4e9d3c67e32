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

#include "app/protocol/views.h"
#include "db/rows.h"

namespace ringtalk::app::chat {

void append_event_record(std::string& bytes, const db::EventRow& row);
/// `send_key`: of a message, the client id under which it was stored.
void append_event_record(std::string& bytes, const protocol::EventView& event,
                         const std::optional<protocol::Uuid>& send_key);

/// Nothing when the bytes are no record of this format. Number and status, which the record does
/// not have, stay as they are in an empty row.
[[nodiscard]] std::optional<db::EventRow> parse_event_record(
    protocol::ConversationId conversation_id, std::string_view bytes);

}  // namespace ringtalk::app::chat
