// Draft: a message that is not committed yet, and what became of it. WaitingDraft is one with its
// caller, who waits in MessageCommitter::commit() and owns it. Values; the shard's thread.
#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <string>

#include "app/chat/passing.h"
#include "app/protocol/ids.h"
#include "reactor/clock.h"
#include "reactor/result.h"

namespace ringtalk::app::chat {

/// Its client id is the client's, or made by the server.
struct Draft {
  protocol::ConversationId conversation_id;
  protocol::UserId sender_id;
  protocol::Uuid client_id;
  std::string content;
  SessionNumber session = kNoSession;  // over which it came
};

struct Committed {
  enum class Outcome : std::uint8_t {
    kStored,
    kDuplicate,  // stored before under this key: seq and time are the first one's
    kKeyReused,  // this key has another content or sender
    kNotMember,  // or no such conversation
  };
  Outcome outcome = Outcome::kStored;
  protocol::Seq seq = 0;
  std::int64_t timestamp_ms = 0;
  /// Stored: by a try whose answer was lost, or before this send.
  bool may_be_older = false;
};

struct WaitingDraft {
  Draft draft;
  bool may_be_stored = false;  // a try of ours had no answer
  reactor::Deadline give_up;   // nobody waits longer for a lock than until then
  std::coroutine_handle<> caller;
  std::optional<reactor::Result<Committed>> result;
};

}  // namespace ringtalk::app::chat
