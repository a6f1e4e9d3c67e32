#include "app/chat/message_sender.h"

#include <utility>

namespace ringtalk::app::chat {

reactor::Task<reactor::Result<Committed>> MessageSender::send(Draft draft) {
  const std::size_t owner = directory_.owner_of(draft.conversation_id.value);
  const auto commit = [&draft] RINGTALK_COROUTINE_WRAPPER(ShardPort & port) {
    return port.committer->commit(std::move(draft));
  };
  co_return co_await directory_.ask_task(reactor_, owner, commit);
}

}  // namespace ringtalk::app::chat
