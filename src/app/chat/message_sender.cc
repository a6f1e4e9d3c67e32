#include "app/chat/message_sender.h"

#include <utility>

#include "app/metrics.h"

namespace ringtalk::app::chat {

reactor::Task<reactor::Result<Committed>> MessageSender::send(Draft draft) {
  const std::size_t owner = directory_.owner_of(draft.conversation_id.value);
  const auto commit = [&draft] RINGTALK_COROUTINE_WRAPPER(ShardPort & port) {
    return port.committer->commit(std::move(draft));
  };
  const reactor::TimePoint begin = reactor_.now();
  auto committed = co_await directory_.ask_task(reactor_, owner, commit);
  if (committed) metrics_.message_commit.observe(reactor_.now() - begin);
  co_return committed;
}

}  // namespace ringtalk::app::chat
