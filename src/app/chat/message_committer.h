// MessageCommitter: where messages become durable. It runs on the shard that owns a conversation
// and commits in groups: whatever arrived while the last transaction was in flight goes into the
// next one, across conversations; a single message waits for nobody. After the commit it publishes,
// tells the receipts what their senders have read, then answers; never before. One per shard, its
// thread.
//
// A conversation whose row somebody else keeps locked gets a lane of its own, so that it holds up
// nobody but itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/draft.h"
#include "app/chat/draft_queue.h"
#include "app/chat/fan_out.h"
#include "app/chat/receipts.h"
#include "db/message_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

struct CommitterFigures {
  std::uint64_t batches = 0;
  std::uint64_t messages = 0;   // stored
  std::uint64_t retries = 0;    // batches whose fate was unknown and that were sent again
  std::uint64_t hot_lanes = 0;  // opened so far
  std::size_t waiting = 0;
};

class MessageCommitter : reactor::Pinned {
 public:
  MessageCommitter(reactor::Reactor& reactor, db::MessageStore& store, FanOut& fan_out,
                   Receipts& receipts);

  /// Returns after the commit. kOverloaded at once when too many wait; kUnavailable when the
  /// database was away for longer than a client should be kept: whether the message was stored is
  /// then unknown, and a repetition with the same client id finds out.
  [[nodiscard]] reactor::Task<reactor::Result<Committed>> commit(Draft draft);

  /// After nobody can call commit() any more.
  [[nodiscard]] reactor::TaskScope::JoinAwaiter join() { return scope_.join(); }

  [[nodiscard]] CommitterFigures figures() const;

 private:
  [[nodiscard]] DraftQueue& queue_of(protocol::ConversationId id);
  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] reactor::Task<void> run_lane(protocol::ConversationId id);
  [[nodiscard]] reactor::Task<void> commit_batch(Batch batch, db::CommitLane lane);
  [[nodiscard]] reactor::Task<void> set_locked_aside(Batch batch, reactor::Error error);
  void open_lane(protocol::ConversationId id);
  using Results = std::vector<db::CommitResult>;
  [[nodiscard]] reactor::Task<reactor::Result<Results>> store_batch(const Batch& batch,
                                                                    db::CommitLane lane);
  void conclude(const Batch& batch, const Results& results);
  void finish(WaitingDraft& waiting, reactor::Result<Committed> result);
  void publish(const Draft& draft, const Committed& committed);

  reactor::Reactor& reactor_;
  db::MessageStore& store_;
  FanOut& fan_out_;
  Receipts& receipts_;
  DraftQueue queue_;
  bool is_running_ = false;
  tsl::robin_map<protocol::ConversationId, std::unique_ptr<DraftQueue>> lanes_;
  std::size_t waiting_ = 0;  // in all queues; not those in a batch
  CommitterFigures figures_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
