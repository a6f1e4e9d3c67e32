// MessageSender: the way of a draft from wherever it came in (REST or WebSocket, any shard) to the
// committer of the shard that owns its conversation, and of the outcome back. One per shard.
#pragma once

#include "app/chat/message_committer.h"
#include "app/shard_directory.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::app::chat {

class MessageSender : reactor::Pinned {
 public:
  MessageSender(reactor::Reactor& reactor, ShardDirectory& directory, Metrics& metrics)
      : reactor_(reactor), directory_(directory), metrics_(metrics) {}

  /// As MessageCommitter::commit. Drafts of one sender keep the order of their calls.
  [[nodiscard]] reactor::Task<reactor::Result<Committed>> send(Draft draft);

 private:
  reactor::Reactor& reactor_;
  ShardDirectory& directory_;
  Metrics& metrics_;
};

}  // namespace ringtalk::app::chat
