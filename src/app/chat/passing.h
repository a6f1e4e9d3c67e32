// Passing: news that is never stored: who is typing, how far somebody has read. Made once, shared
// by all shards, never changed; whoever cannot take it at once misses it, and the next one makes up
// for it.
#pragma once

#include <cstdint>
#include <memory>

#include "app/protocol/event_writer.h"
#include "app/protocol/ids.h"
#include "reactor/shared_bytes.h"

namespace ringtalk::app::chat {

/// Tells the sessions of an instance apart: the shard in the high bits, a counter below. 0 is none.
using SessionNumber = std::uint64_t;
inline constexpr SessionNumber kNoSession = 0;

struct Passing {
  enum class Kind : std::uint8_t {
    kTyping,   // to everybody but the one who types
    kReceipt,  // to everybody, other devices of the one it is about included
  };
  Kind kind = Kind::kReceipt;
  protocol::ConversationId conversation_id;
  protocol::UserId about;
  SessionNumber skipped = 0;   // the session that caused it, and knows
  reactor::SharedBytes frame;  // the finished WebSocket frame
};

using PassingPtr = std::shared_ptr<const Passing>;

[[nodiscard]] PassingPtr passing(const protocol::TypingView& typing);
[[nodiscard]] PassingPtr passing(const protocol::ReceiptView& receipt, SessionNumber skipped);

}  // namespace ringtalk::app::chat
