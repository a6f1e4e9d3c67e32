#include "app/protocol/view_writer.h"

#include <variant>

#include "app/protocol/bounds.h"
#include "app/protocol/event_body.h"

namespace ringtalk::app::protocol {

namespace {

// Behind the items of a page stand a cursor or the head, and brackets.
constexpr std::size_t kPageEndBytesMax = kCursorBytesMax + 64;
constexpr std::size_t kPageItemsBytesMax = kPageBytesMax - kPageEndBytesMax;

std::string_view word_of(MessageStatus status) {
  switch (status) {
    case MessageStatus::kSent:
      return "sent";
    case MessageStatus::kDelivered:
      return "delivered";
    case MessageStatus::kRead:
      return "read";
  }
  return "sent";
}

void write_optional_text(JsonWriter& json, std::string_view name,
                         const std::optional<std::string>& text) {
  json.key(name);
  text ? json.text(*text) : json.null();
}

void append_next_cursor(std::string& out, std::string_view cursor) {
  out += R"(,"nextCursor":)";
  if (cursor.empty()) {
    out += "null";
  } else {
    append_json_text(out, cursor);
  }
  out += '}';
}

}  // namespace

void append_user(std::string& out, const UserView& user) {
  JsonWriter json(out);
  json.begin_object();
  json.id("id", user.id);
  json.text("name", user.name);
  json.text("status", user.is_online ? "online" : "offline");
  json.time("createdAt", user.created_at_ms);
  if (user.email) json.text("email", *user.email);
  json.end_object();
}

void append_message(std::string& out, const MessageView& message) {
  JsonWriter json(out);
  json.begin_object();
  json.id("id", MessageId{.conversation_id = message.conversation_id, .seq = message.seq});
  json.id("conversationId", message.conversation_id);
  json.number("seq", message.seq);
  json.id("senderId", message.sender_id);
  json.text("type", "text");
  json.text("content", message.content);
  json.time("timestamp", message.timestamp_ms);
  json.key("clientId");
  message.client_id ? json.uuid(*message.client_id) : json.null();
  json.text("status", word_of(message.status));
  json.end_object();
}

void append_conversation(std::string& out, const ConversationView& conversation) {
  JsonWriter json(out);
  json.begin_object();
  json.id("id", conversation.id);
  write_optional_text(json, "name", conversation.name);
  json.id("creatorId", conversation.creator_id);
  json.key("memberIds").begin_array();
  for (const UserId member : conversation.member_ids) json.id(member);
  json.end_array();
  json.boolean("isGroup", conversation.is_group);
  json.time("createdAt", conversation.created_at_ms);
  json.number("lastSeq", conversation.last_seq);
  if (conversation.last_message) {
    json.nested("lastMessage", append_message, *conversation.last_message);
  } else {
    json.null("lastMessage");
  }
  json.number("deliveredSeq", conversation.delivered_seq);
  json.number("readSeq", conversation.read_seq);
  json.number("unreadCount", conversation.unread_count);
  json.end_object();
}

void append_event(std::string& out, const EventView& event) {
  JsonWriter json(out);
  json.begin_object();
  json.number("seq", event.seq);
  json.text("kind", word_of(kind_of(event.detail)));
  json.time("timestamp", event.timestamp_ms);
  if (const auto* message = std::get_if<MessageView>(&event.detail)) {
    json.nested("message", append_message, *message);
  } else {
    write_event_members(json, event.detail);
  }
  json.end_object();
}

void append_login(std::string& out, const LoginView& login) {
  JsonWriter json(out);
  json.begin_object();
  json.text("token", login.token);
  json.text("tokenType", "Bearer");
  json.number("expiresIn", login.expires_in_seconds);
  json.text("refreshToken", login.refresh_token);
  json.nested("user", append_user, login.user);
  json.end_object();
}

void append_user_page(std::string& out, std::span<const UserView> users) {
  out += R"({"users":)";
  append_items(out, users, out.size(), kPageItemsBytesMax, append_user);
  out += '}';
}

std::size_t append_conversation_page(std::string& out,
                                     std::span<const ConversationView> conversations,
                                     bool has_more) {
  const std::size_t begin = out.size();
  out += R"({"conversations":)";
  const std::size_t count =
      append_items(out, conversations, begin, kPageItemsBytesMax, append_conversation);
  std::string cursor;
  if (count > 0 && (has_more || count < conversations.size())) {
    const ConversationView& last = conversations[count - 1];
    cursor =
        encode_cursor(ConversationCursor{.last_activity_ms = last.last_activity_ms, .id = last.id});
  }
  append_next_cursor(out, cursor);
  return count;
}

std::size_t append_message_page(std::string& out, std::span<const MessageView> messages,
                                HistoryEnd end) {
  const std::size_t begin = out.size();
  out += R"({"messages":)";
  const std::size_t count = append_items(out, messages, begin, kPageItemsBytesMax, append_message);
  std::string cursor;
  if (count > 0 && (end.has_more || count < messages.size())) {
    cursor =
        encode_cursor(HistoryCursor{.direction = end.direction, .seq = messages[count - 1].seq});
  }
  append_next_cursor(out, cursor);
  return count;
}

std::size_t append_event_page(std::string& out, std::span<const EventView> events, Seq last_seq) {
  const std::size_t begin = out.size();
  out += R"({"events":)";
  const std::size_t count = append_items(out, events, begin, kPageItemsBytesMax, append_event);
  out += R"(,"lastSeq":)";
  append_id(out, last_seq);
  out += '}';
  return count;
}

}  // namespace ringtalk::app::protocol
