// Receipts: how far people have received and read, on its way to the database and to those who are
// online. A user's marks are gathered on one shard, the owner of the id, whatever shard they come
// from: read marks and own messages are written within 1 s, delivered marks within 5 s, many in one
// transaction; after it the `receipt`s leave. What the database cannot take now is kept and tried
// again; a crash may lose as much as was not written. One per shard; note(), note_sent(), write()
// and settle() run on the shard of the caller, as does what they return.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/fan_out.h"
#include "app/chat/pending_marks.h"
#include "app/shard_directory.h"
#include "db/mark_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

/// A message that is in the log: its sender has read up to it.
struct SentMark {
  MarkKey key;
  protocol::Seq seq = 0;
  SessionNumber session = 0;
};

struct ReceiptsFigures {
  std::uint64_t batches = 0;    // written
  std::uint64_t raised = 0;     // entries of batches that changed something
  std::uint64_t failures = 0;   // batches that were not written, most of which are tried again
  std::uint64_t forgotten = 0;  // entries that were lost: no room, or refused by the database
  std::size_t pending = 0;
};

class Receipts : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    ShardDirectory& directory;
    db::MarkStore& store;
    FanOut& fan_out;
  };
  explicit Receipts(const Environment& environment);

  /// Will be written soon. Of a member, and not past the head of the log. False when there is no
  /// room: write() it.
  [[nodiscard]] reactor::Task<bool> note(MarkKey key, PendingMark mark);
  /// Of messages that were just committed: one letter to each shard that owns some of the senders.
  void note_sent(const std::vector<SentMark>& sent);
  /// Writes at once, and tells. Nothing for who is no member. `session`: who knows already, or 0.
  [[nodiscard]] db::Answer<std::optional<db::Marks>> write(db::MarkRequest request,
                                                           SessionNumber session);
  /// What of this user was noted before is written when it returns, or the database is away: before
  /// a user is shown the own marks or counts.
  [[nodiscard]] reactor::Task<void> settle(protocol::UserId user);

  /// Tells nothing more: from here on other shards may be gone.
  void hush() { is_hushed_ = true; }
  /// Writes what is left. When nobody notes any more, before the destructor.
  [[nodiscard]] reactor::Task<void> close();

  [[nodiscard]] ReceiptsFigures figures() const;

 private:
  class FlushTimer final : public reactor::Timer {
   public:
    explicit FlushTimer(Receipts& receipts) : receipts_(receipts) {}

   private:
    void expired() override { receipts_.begin_flush(); }
    Receipts& receipts_;
  };

  [[nodiscard]] std::size_t owner_of(protocol::UserId user) const {
    return environment_.directory.owner_of(user.value);
  }
  [[nodiscard]] Receipts& on_shard(std::size_t shard) const {
    return *environment_.directory.port(shard).receipts;
  }

  // On the owner's shard.
  [[nodiscard]] bool note_here(const MarkKey& key, const PendingMark& mark);
  void note_sent_here(const std::vector<SentMark>& sent);
  [[nodiscard]] reactor::Task<bool> settle_here(protocol::UserId user);

  void schedule();
  void begin_flush();
  [[nodiscard]] reactor::Task<void> flush();
  [[nodiscard]] reactor::Task<bool> write_batch(PendingMarks::Batch batch);
  void keep_or_forget(const PendingMarks::Batch& batch, const reactor::Error& error);
  void begin_writing(const PendingMarks::Batch& batch);
  void end_writing(const PendingMarks::Batch& batch);
  void tell(const MarkKey& key, const db::Marks& marks, SessionNumber session);

  const Environment environment_;
  PendingMarks pending_;
  std::size_t writing_ = 0;                                   // entries in flight
  tsl::robin_map<protocol::UserId, std::size_t> writing_of_;  // whose they are
  std::vector<std::coroutine_handle<>> settlers_;             // wait for the end of a write
  reactor::Deadline urgent_due_ = reactor::kNever;
  reactor::Deadline rest_due_ = reactor::kNever;
  FlushTimer timer_;
  bool is_flushing_ = false;
  bool is_hushed_ = false;
  ReceiptsFigures figures_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
