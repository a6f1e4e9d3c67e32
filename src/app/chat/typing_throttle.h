// TypingThrottle: which `typing` commands of one session are passed on: of each conversation `on`
// at most once in 2 s, and `off` once after an `on` that was. Member of the session; its thread.
#pragma once

#include <vector>

#include "app/protocol/ids.h"
#include "reactor/clock.h"

namespace ringtalk::app::chat {

class TypingThrottle {
 public:
  /// The command is passed on, and counted. Nobody types in more than a few conversations at once:
  /// past limits::kTypingPlacesMax in 2 s the answer is no.
  [[nodiscard]] bool lets_pass(protocol::ConversationId id, bool is_on, reactor::TimePoint now);

 private:
  struct Place {
    protocol::ConversationId id;
    reactor::TimePoint last_on;
    bool is_on = false;
  };
  [[nodiscard]] bool lets_pass_on(protocol::ConversationId id, reactor::TimePoint now);

  std::vector<Place> places_;
};

}  // namespace ringtalk::app::chat
