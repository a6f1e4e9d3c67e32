// PresenceState: whether somebody is online, and since when not; and news of it. Values; any
// thread.
#pragma once

#include <cstdint>
#include <optional>

#include "app/protocol/ids.h"

namespace ringtalk::app::chat {

struct PresenceState {
  bool is_online = false;
  std::optional<std::int64_t> last_seen_ms;  // of who is offline; nothing: never online

  friend bool operator==(const PresenceState&, const PresenceState&) = default;
};

struct PresenceNews {
  protocol::UserId user;
  PresenceState state;
};

}  // namespace ringtalk::app::chat
