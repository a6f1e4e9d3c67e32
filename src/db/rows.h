// Rows: what the stores take and give, as plain values; owned by whoever holds them, any thread.
// Ids are positive 63-bit numbers made by the application. Times are Unix milliseconds, UTC.
// Text is valid UTF-8 without NUL, checked by the caller: one bad body aborts its whole segment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringtalk::db {

using Uuid = std::array<std::uint8_t, 16>;
using TokenHash = std::array<std::uint8_t, 32>;  // SHA-256 of a refresh token

struct UserRow {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::int64_t created_at_ms = 0;
  std::optional<std::int64_t> last_seen_at_ms;
};

/// The numbers by which events.kind is stored: never change one.
enum class EventKind : std::int16_t { kMessage = 0, kJoined = 1, kLeft = 2, kRenamed = 3 };

/// What the sender of a message sees of it (CONTRACT: marks); see message_status.h.
enum class MessageStatus : std::uint8_t { kSent, kDelivered, kRead };

/// One entry of a conversation's log. `body` is the text of a message; of other kinds it is JSON,
/// exactly the members that clients see, ids as decimal strings:
///   joined {"userIds":["1","2"],"byUserId":"9"} · left {"userId":"1","byUserId":"9"} ·
///   renamed {"name":"…","byUserId":"9"}
struct EventRow {
  std::int64_t conversation_id = 0;
  std::int64_t seq = 0;     // 1, 2, 3, … without a gap
  std::int64_t number = 0;  // of messages up to here; other kinds repeat it
  EventKind kind = EventKind::kMessage;
  std::int64_t sender_id = 0;  // of other kinds: who did it
  std::int64_t created_at_ms = 0;
  std::optional<Uuid> client_id;  // messages only
  std::string body;
  MessageStatus status = MessageStatus::kSent;  // messages only
};

/// An EventRow of kind kMessage.
using MessageRow = EventRow;

/// A present member of a conversation with the marks. `read_seq` may be past `delivered_seq`
/// (sending raises it); what has reached the member is the larger of the two.
struct MemberRow {
  std::int64_t user_id = 0;
  std::int64_t joined_seq = 0;  // seq of the `joined` event; 0: from the creation on
  std::int64_t delivered_seq = 0;
  std::int64_t read_seq = 0;
};

/// A conversation as one of its members sees it.
struct ConversationRow {
  std::int64_t id = 0;
  bool is_group = false;
  std::optional<std::string> name;  // groups only
  std::int64_t creator_id = 0;
  std::int64_t created_at_ms = 0;
  std::int64_t last_seq = 0;
  std::int64_t unread_count = 0;
  std::int64_t delivered_seq = 0;
  std::int64_t read_seq = 0;
  std::int64_t joined_seq = 0;
  std::int64_t activity_ms = 0;          // time of the last event, else of the creation
  std::vector<std::int64_t> member_ids;  // ascending
  std::optional<MessageRow> last_message;
};

/// Where a member stands in a log.
struct HeadRow {
  std::int64_t conversation_id = 0;
  std::int64_t last_seq = 0;
  std::int64_t delivered_seq = 0;
  std::int64_t read_seq = 0;
};

/// That somebody has ceased to be a member: of each pair the last time. In the order of the store.
struct DepartureRow {
  std::int64_t left_at_ms = 0;  // by the database's clock; of a pair later each time
  std::int64_t conversation_id = 0;
  std::int64_t user_id = 0;
  auto operator<=>(const DepartureRow&) const = default;
};

}  // namespace ringtalk::db
