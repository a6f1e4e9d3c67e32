// Everything that the server says over WebSocket, as the JSON text of one message.
// Pure functions, any thread. Each appends to `out`; framing is someone else's. `event` and `ack`
// are written once and shared by all who get them. `ref` repeats what the client sent; when it sent
// none, the member is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/protocol/problem.h"
#include "app/protocol/views.h"

namespace ringtalk::app::protocol {

using Ref = std::optional<std::string>;

struct ReadyView {
  std::string_view session_id;
  std::string_view epoch;
  const UserView& user;
  std::int64_t heartbeat_seconds = 0;
  std::span<const ConversationMark> conversations;  // up to 1,000
  bool has_more = false;
};

struct BatchView {
  ConversationId conversation_id;
  std::span<const EventView> events;
  Seq last_seq = 0;  // the head of the log, wherever the batch ends
  const Ref& ref;
};

struct AckView {
  const Ref& ref;
  std::optional<Uuid> client_id;
  ConversationId conversation_id;
  Seq seq = 0;
  std::int64_t timestamp_ms = 0;
  bool is_duplicate = false;
};

struct ReceiptView {
  ConversationId conversation_id;
  UserId user_id;
  Seq delivered_seq = 0;
  Seq read_seq = 0;
};

struct PresenceView {
  UserId user_id;
  bool is_online = false;
  std::optional<std::int64_t> last_seen_at_ms;
};

struct TypingView {
  ConversationId conversation_id;
  UserId user_id;
  bool is_on = false;
};

void append_ready_message(std::string& out, const ReadyView& ready);
void append_event_message(std::string& out, ConversationId conversation_id, const EventView& event);
// Cut at 512 KiB: returns how many of the events fitted, at least one if there are any.
std::size_t append_batch_message(std::string& out, const BatchView& batch);
void append_ack_message(std::string& out, const AckView& ack);
void append_error_message(std::string& out, const Problem& problem, const Ref& ref);
void append_pong_message(std::string& out, const Ref& ref);
void append_receipt_message(std::string& out, const ReceiptView& receipt);
void append_presence_message(std::string& out, const PresenceView& presence);
/// Of an id that is none of ours: offline for ever.
void append_foreign_presence_message(std::string& out, std::string_view user_id);
void append_typing_message(std::string& out, const TypingView& typing);
void append_conversation_message(std::string& out, const ConversationView& conversation);
void append_removed_message(std::string& out, ConversationId conversation_id);
void append_bye_message(std::string& out, std::string_view reason, std::int64_t reconnect_after_ms);
void append_authenticated_message(std::string& out, std::int64_t expires_at_ms, const Ref& ref);

}  // namespace ringtalk::app::protocol
