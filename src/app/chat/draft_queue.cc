#include "app/chat/draft_queue.h"

#include <tsl/robin_set.h>

#include "app/limits.h"
#include "db/message_store.h"

namespace ringtalk::app::chat {
namespace {

struct BatchKey {
  protocol::ConversationId conversation_id;
  protocol::Uuid client_id;
  friend bool operator==(const BatchKey&, const BatchKey&) = default;
};

struct HashBatchKey {
  std::size_t operator()(const BatchKey& key) const noexcept {
    return std::hash<protocol::ConversationId>{}(key.conversation_id) ^
           std::hash<protocol::Uuid>{}(key.client_id);
  }
};

}  // namespace

Batch DraftQueue::take_batch() {
  Batch batch;
  std::size_t bytes = 0;
  tsl::robin_set<BatchKey, HashBatchKey> keys;
  tsl::robin_set<protocol::ConversationId> postponed;
  Batch left;
  while (!drafts_.empty()) {
    WaitingDraft* waiting = drafts_.front();
    const Draft& draft = waiting->draft;
    const bool is_full =
        batch.size() == db::kCommitBatchMax ||
        (!batch.empty() && bytes + draft.content.size() > limits::kCommitBatchBytesMax);
    if (is_full) break;
    drafts_.pop_front();
    const bool must_wait = postponed.contains(draft.conversation_id) ||
                           !keys.insert({draft.conversation_id, draft.client_id}).second;
    if (must_wait) {
      postponed.insert(draft.conversation_id);
      left.push_back(waiting);
    } else {
      bytes += draft.content.size();
      batch.push_back(waiting);
    }
  }
  put_back(left);
  return batch;
}

Batch DraftQueue::take_all_of(protocol::ConversationId id) {
  Batch taken;
  std::erase_if(drafts_, [&](WaitingDraft* waiting) {
    if (waiting->draft.conversation_id != id) return false;
    taken.push_back(waiting);
    return true;
  });
  return taken;
}

}  // namespace ringtalk::app::chat
