// What a client is shown, as plain values: user, message, conversation and event.
// Filled by the stores' callers, written by event_writer; owned by whoever made them, any thread.
// Times are Unix milliseconds. Text is valid UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/protocol/ids.h"

namespace ringtalk::app::protocol {

struct UserView {
  UserId id;
  std::string name;
  bool is_online = false;
  std::int64_t created_at_ms = 0;
  std::optional<std::string> email;  // only for the user's own eyes
};

// As the sender sees it: what every other member has received, has read.
enum class MessageStatus : std::uint8_t { kSent, kDelivered, kRead };

struct MessageView {
  ConversationId conversation_id;
  Seq seq = 0;
  UserId sender_id;
  std::string content;
  std::int64_t timestamp_ms = 0;
  std::optional<Uuid> client_id;
  MessageStatus status = MessageStatus::kSent;
};

struct ConversationView {
  ConversationId id;
  std::optional<std::string> name;  // groups only
  UserId creator_id;
  std::vector<UserId> member_ids;
  bool is_group = false;
  std::int64_t created_at_ms = 0;
  Seq last_seq = 0;
  std::optional<MessageView> last_message;
  Seq delivered_seq = 0;
  Seq read_seq = 0;
  std::int64_t unread_count = 0;
  std::int64_t last_activity_ms = 0;  // orders the list and goes into its cursor; not shown
};

// The numbers by which events.kind is stored: never change one.
enum class EventKind : std::int16_t { kMessage = 0, kJoined = 1, kLeft = 2, kRenamed = 3 };

struct Joined {
  std::vector<UserId> user_ids;
  UserId by_user_id;

  friend bool operator==(const Joined&, const Joined&) = default;
};

struct Left {
  UserId user_id;
  UserId by_user_id;

  friend bool operator==(const Left&, const Left&) = default;
};

struct Renamed {
  std::string name;
  UserId by_user_id;

  friend bool operator==(const Renamed&, const Renamed&) = default;
};

using EventDetail = std::variant<MessageView, Joined, Left, Renamed>;

// One entry of a conversation's log.
struct EventView {
  Seq seq = 0;
  std::int64_t timestamp_ms = 0;
  EventDetail detail;
};

// A conversation in `ready`: just enough to see where the client stands.
struct ConversationMark {
  ConversationId id;
  Seq last_seq = 0;
  Seq delivered_seq = 0;
  Seq read_seq = 0;
};

}  // namespace ringtalk::app::protocol
