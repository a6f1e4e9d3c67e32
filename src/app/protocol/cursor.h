// The cursors of lists: where the next page begins, in a form that a client cannot read anything
// into. Pure functions, any thread. Text is base64url of a short text that begins with a version,
// so that a cursor of another list or of an older server is refused rather than misread. They hold
// no secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/protocol/ids.h"

namespace ringtalk::app::protocol {

// The last conversation of a page. The next one begins with what comes after it in the order
// "latest activity first, then larger id first".
struct ConversationCursor {
  std::int64_t last_activity_ms = 0;
  ConversationId id;

  friend bool operator==(const ConversationCursor&, const ConversationCursor&) = default;
};

std::string encode_cursor(const ConversationCursor& cursor);
std::optional<ConversationCursor> decode_conversation_cursor(std::string_view text);

enum class Direction : std::uint8_t { kNewestFirst, kOldestFirst };

// The last message of a page of history: the next one lies before it (newest first) or after it.
struct HistoryCursor {
  Direction direction = Direction::kNewestFirst;
  Seq seq = 0;

  friend bool operator==(const HistoryCursor&, const HistoryCursor&) = default;
};

std::string encode_cursor(const HistoryCursor& cursor);
std::optional<HistoryCursor> decode_history_cursor(std::string_view text);

}  // namespace ringtalk::app::protocol
