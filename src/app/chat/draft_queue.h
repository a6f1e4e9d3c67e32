// DraftQueue: drafts in the order of their arrival, and the batches that are cut from it. Owned by
// the MessageCommitter; the shard's thread. Drafts belong to their callers.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "app/chat/draft.h"

namespace ringtalk::app::chat {

using Batch = std::vector<WaitingDraft*>;

class DraftQueue {
 public:
  void push(WaitingDraft& waiting) { drafts_.push_back(&waiting); }
  /// In front of all others, in this order.
  void put_back(const Batch& batch) { drafts_.insert(drafts_.begin(), batch.begin(), batch.end()); }

  /// The oldest drafts, up to the caps of a batch. Of two drafts with one key the later one stays,
  /// so that SQL judges it; what follows it in its conversation stays behind it. Not empty unless
  /// the queue is.
  [[nodiscard]] Batch take_batch();

  /// Takes out what one conversation has here, in its order.
  [[nodiscard]] Batch take_all_of(protocol::ConversationId id);

  [[nodiscard]] bool empty() const { return drafts_.empty(); }
  [[nodiscard]] std::size_t size() const { return drafts_.size(); }

 private:
  std::deque<WaitingDraft*> drafts_;
};

}  // namespace ringtalk::app::chat
