// MessageCommitter: where messages become durable. It runs on the shard that owns a conversation
// and commits in groups: whatever arrived while the last transaction was in flight goes into the
// next one, across conversations; a single message waits for nobody. After the commit it publishes,
// tells the receipts what their senders have read, then answers; never before. One per shard, its
// thread.
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "app/chat/fan_out.h"
#include "app/chat/receipts.h"
#include "app/protocol/views.h"
#include "db/message_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

/// A message that is not committed yet. Its client id is the client's, or made by the server.
struct Draft {
  protocol::ConversationId conversation_id;
  protocol::UserId sender_id;
  protocol::Uuid client_id;
  std::string content;
  SessionNumber session = 0;  // over which it came; 0: over none
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
};

struct CommitterFigures {
  std::uint64_t batches = 0;
  std::uint64_t messages = 0;  // stored
  std::uint64_t retries = 0;   // batches whose fate was unknown and that were sent again
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
  struct Waiting;
  using Batch = std::vector<Waiting*>;

  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] Batch take_batch();
  [[nodiscard]] reactor::Task<void> commit_batch(Batch batch);
  [[nodiscard]] reactor::Task<reactor::Result<std::vector<db::CommitResult>>> store_batch(
      const Batch& batch);
  void conclude(const Batch& batch, const std::vector<db::CommitResult>& results);
  void finish(Waiting& waiting, reactor::Result<Committed> result);
  void publish(const Waiting& waiting, const Committed& committed);

  reactor::Reactor& reactor_;
  db::MessageStore& store_;
  FanOut& fan_out_;
  Receipts& receipts_;
  std::deque<Waiting*> queue_;
  bool is_running_ = false;
  CommitterFigures figures_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
