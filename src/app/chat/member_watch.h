// MemberWatch: keeps a session's watch list to the members of one conversation, up to as many as a
// list holds: those of `/ws/{conversationId}`, until the client sets a list of its own. Member of
// its session; the shard's thread.
#pragma once

#include "app/chat/watch_list.h"
#include "app/protocol/ids.h"
#include "app/protocol/views.h"
#include "db/conversation_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"

namespace ringtalk::app::chat {

class MemberWatch : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    db::ConversationStore& conversations;
    protocol::ConversationId conversation_id;
    protocol::UserId user;  // as whom it reads
  };
  MemberWatch(const Environment& environment, WatchList& list)
      : environment_(environment), list_(list) {}

  /// Reads the members; while the session listens to the conversation already.
  [[nodiscard]] reactor::Task<void> begin();
  /// An event that the client was sent: members come and go.
  void note(const protocol::EventView& event);
  /// From now on the list is somebody else's.
  void stop() { is_on_ = false; }

 private:
  const Environment environment_;
  WatchList& list_;
  bool is_on_ = true;
  bool is_reading_ = false;
  bool is_outdated_ = false;  // what is being read: somebody came or went meanwhile
};

}  // namespace ringtalk::app::chat
