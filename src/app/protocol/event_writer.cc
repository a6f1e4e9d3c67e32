#include "app/protocol/event_writer.h"

#include "app/protocol/bounds.h"
#include "app/protocol/json_writer.h"
#include "app/protocol/view_writer.h"

namespace ringtalk::app::protocol {

namespace {

// Behind the events of a batch stand the head and brackets.
constexpr std::size_t kBatchEndBytesMax = 64;

// An object with its `op`, open until this goes out of scope.
class ServerMessage {
 public:
  ServerMessage(std::string& out, std::string_view op) : json_(out) {
    json_.begin_object();
    json_.text("op", op);
  }
  ~ServerMessage() { json_.end_object(); }
  ServerMessage(const ServerMessage&) = delete;
  ServerMessage& operator=(const ServerMessage&) = delete;

  JsonWriter* operator->() { return &json_; }

  void ref(const Ref& ref) {
    if (ref) json_.text("ref", *ref);
  }

 private:
  JsonWriter json_;
};

}  // namespace

void append_ready_message(std::string& out, const ReadyView& ready) {
  ServerMessage message(out, "ready");
  message->text("sessionId", ready.session_id);
  message->text("epoch", ready.epoch);
  message->nested("user", append_user, ready.user);
  message->number("heartbeatSeconds", ready.heartbeat_seconds);
  message->key("conversations").begin_array();
  for (const ConversationMark& mark : ready.conversations) {
    message->begin_object();
    message->id("id", mark.id);
    message->number("lastSeq", mark.last_seq);
    message->number("deliveredSeq", mark.delivered_seq);
    message->number("readSeq", mark.read_seq);
    message->end_object();
  }
  message->end_array();
  message->boolean("hasMore", ready.has_more);
}

void append_event_message(std::string& out, ConversationId conversation_id,
                          const EventView& event) {
  ServerMessage message(out, "event");
  message->id("conversationId", conversation_id);
  message->nested("event", append_event, event);
}

std::size_t append_batch_message(std::string& out, const BatchView& batch) {
  const std::size_t begin = out.size();
  ServerMessage message(out, "batch");
  message->id("conversationId", batch.conversation_id);
  message.ref(batch.ref);
  std::size_t count = 0;
  const auto append_events = [&](std::string& text, std::span<const EventView> events) {
    count = append_items(text, events, begin, kPageBytesMax - kBatchEndBytesMax, append_event);
  };
  message->nested("events", append_events, batch.events);
  message->number("lastSeq", batch.last_seq);
  return count;
}

void append_ack_message(std::string& out, const AckView& ack) {
  ServerMessage message(out, "ack");
  message.ref(ack.ref);
  message->key("clientId");
  ack.client_id ? message->uuid(*ack.client_id) : message->null();
  message->id("conversationId", ack.conversation_id);
  message->id("id", MessageId{.conversation_id = ack.conversation_id, .seq = ack.seq});
  message->number("seq", ack.seq);
  message->time("timestamp", ack.timestamp_ms);
  message->boolean("duplicate", ack.is_duplicate);
}

void append_error_message(std::string& out, const Problem& problem, const Ref& ref) {
  const ErrorTraits& traits = traits_of(problem.code);
  ServerMessage message(out, "error");
  message.ref(ref);
  message->text("code", traits.word);
  message->text("detail", detail_of(problem));
  message->boolean("retryable", traits.is_retryable);
}

void append_pong_message(std::string& out, const Ref& ref) {
  ServerMessage message(out, "pong");
  message.ref(ref);
}

void append_receipt_message(std::string& out, const ReceiptView& receipt) {
  ServerMessage message(out, "receipt");
  message->id("conversationId", receipt.conversation_id);
  message->id("userId", receipt.user_id);
  message->number("deliveredSeq", receipt.delivered_seq);
  message->number("readSeq", receipt.read_seq);
}

void append_presence_message(std::string& out, const PresenceView& presence) {
  ServerMessage message(out, "presence");
  message->id("userId", presence.user_id);
  message->text("status", presence.is_online ? "online" : "offline");
  message->key("lastSeenAt");
  presence.last_seen_at_ms ? message->time(*presence.last_seen_at_ms) : message->null();
}

void append_foreign_presence_message(std::string& out, std::string_view user_id) {
  ServerMessage message(out, "presence");
  message->text("userId", user_id);
  message->text("status", "offline");
  message->key("lastSeenAt");
  message->null();
}

void append_typing_message(std::string& out, const TypingView& typing) {
  ServerMessage message(out, "typing");
  message->id("conversationId", typing.conversation_id);
  message->id("userId", typing.user_id);
  message->boolean("on", typing.is_on);
}

void append_conversation_message(std::string& out, const ConversationView& conversation) {
  ServerMessage message(out, "conversation");
  message->nested("conversation", append_conversation, conversation);
}

void append_removed_message(std::string& out, ConversationId conversation_id) {
  ServerMessage message(out, "removed");
  message->id("conversationId", conversation_id);
}

void append_bye_message(std::string& out, std::string_view reason,
                        std::int64_t reconnect_after_ms) {
  ServerMessage message(out, "bye");
  message->text("reason", reason);
  message->number("reconnectAfterMs", reconnect_after_ms);
}

void append_authenticated_message(std::string& out, std::int64_t expires_at_ms, const Ref& ref) {
  ServerMessage message(out, "authenticated");
  message.ref(ref);
  message->time("expiresAt", expires_at_ms);
}

}  // namespace ringtalk::app::protocol
