#include "app/chat/message_committer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <tsl/robin_set.h>

#include "app/chat/view_rows.h"
#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using reactor::Error;
using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

constexpr std::chrono::milliseconds kRetryPause{50};

// The transaction may or may not have been committed, or another try can well succeed: sending the
// same drafts again is safe, because their client ids are in the log if they are.
bool is_worth_repeating(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimedOut ||
         error.kind == ErrorKind::kOverloaded || error.code == "40P01" || error.code == "40001" ||
         error.code == "57014";
}

Committed::Outcome outcome_of(db::CommitResult::Outcome outcome) {
  using Stored = db::CommitResult::Outcome;
  switch (outcome) {
    case Stored::kStored:
      return Committed::Outcome::kStored;
    case Stored::kDuplicate:
      return Committed::Outcome::kDuplicate;
    case Stored::kKeyReused:
      return Committed::Outcome::kKeyReused;
    case Stored::kNotMember:
      return Committed::Outcome::kNotMember;
  }
  return Committed::Outcome::kNotMember;
}

// What a repetition finds in the log is what its first try has stored there; only the answer was
// lost. So it is a stored message to its sender, with its place in the order.
void claim_first_try(std::vector<db::CommitResult>& results) {
  using Stored = db::CommitResult::Outcome;
  for (db::CommitResult& result : results) {
    if (result.outcome == Stored::kDuplicate) result.outcome = Stored::kStored;
  }
}

// A duplicate is published again, and read again by its sender: the instance that stored it may
// have died before it told anyone. Whoever has it already sees so by its seq.
bool is_in_the_log(Committed::Outcome outcome) {
  return outcome == Committed::Outcome::kStored || outcome == Committed::Outcome::kDuplicate;
}

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

struct MessageCommitter::Waiting {
  Draft draft;
  std::coroutine_handle<> caller;
  std::optional<Result<Committed>> result;
};

MessageCommitter::MessageCommitter(reactor::Reactor& reactor, db::MessageStore& store,
                                   FanOut& fan_out, Receipts& receipts)
    : reactor_(reactor), store_(store), fan_out_(fan_out), receipts_(receipts) {}

Task<Result<Committed>> MessageCommitter::commit(Draft draft) {
  if (queue_.size() >= limits::kCommitQueueMax) {
    co_return reactor::fail(ErrorKind::kOverloaded, "too many messages wait to be committed");
  }
  Waiting waiting{.draft = std::move(draft)};
  queue_.push_back(&waiting);
  if (!is_running_) {
    is_running_ = true;
    scope_.spawn(run());
  }
  struct Suspension {
    Waiting& waiting;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> caller) const { waiting.caller = caller; }
    void await_resume() const noexcept {}
  };
  co_await Suspension{waiting};
  co_return std::move(*waiting.result);
}

Task<void> MessageCommitter::run() {
  // What else this turn brings goes along in the first batch.
  co_await reactor_.yield();
  while (!queue_.empty()) co_await commit_batch(take_batch());
  is_running_ = false;
}

// The oldest drafts, up to the caps. Of two drafts with one key the later one stays for the next
// batch, so that SQL judges it; what follows it in its conversation stays behind it.
MessageCommitter::Batch MessageCommitter::take_batch() {
  Batch batch;
  std::size_t bytes = 0;
  tsl::robin_set<BatchKey, HashBatchKey> keys;
  tsl::robin_set<protocol::ConversationId> postponed;
  std::deque<Waiting*> left;
  while (!queue_.empty()) {
    Waiting* waiting = queue_.front();
    const Draft& draft = waiting->draft;
    const bool is_full =
        batch.size() == db::kCommitBatchMax ||
        (!batch.empty() && bytes + draft.content.size() > limits::kCommitBatchBytesMax);
    if (is_full) break;
    queue_.pop_front();
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
  queue_.insert(queue_.begin(), left.begin(), left.end());
  return batch;
}

Task<void> MessageCommitter::commit_batch(Batch batch) {
  const auto results = co_await store_batch(batch);
  if (results) co_return conclude(batch, *results);
  // One bad draft must not fail its neighbours: halves, until it stands alone.
  if (results.error().kind == ErrorKind::kInvalid && batch.size() > 1) {
    const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    co_await commit_batch(Batch(batch.begin(), middle));
    co_await commit_batch(Batch(middle, batch.end()));
    co_return;
  }
  for (Waiting* waiting : batch) finish(*waiting, std::unexpected(results.error()));
}

void MessageCommitter::conclude(const Batch& batch, const std::vector<db::CommitResult>& results) {
  ++figures_.batches;
  std::vector<SentMark> sent;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Draft& draft = batch[i]->draft;
    const Committed committed{.outcome = outcome_of(results[i].outcome),
                              .seq = results[i].seq,
                              .timestamp_ms = results[i].created_at_ms};
    if (committed.outcome == Committed::Outcome::kStored) ++figures_.messages;
    if (is_in_the_log(committed.outcome)) {
      publish(*batch[i], committed);
      sent.push_back({.key = {.user_id = draft.sender_id, .conversation_id = draft.conversation_id},
                      .seq = committed.seq,
                      .session = draft.session});
    }
    finish(*batch[i], committed);
  }
  // The answers leave later in this turn: whoever asks after one finds the marks settled.
  receipts_.note_sent(sent);
}

// Sends a batch, again where its fate is unknown, until it is known or the clients have waited long
// enough.
Task<Result<std::vector<db::CommitResult>>> MessageCommitter::store_batch(const Batch& batch) {
  if (!store_.is_available()) {
    co_return reactor::fail(ErrorKind::kUnavailable, "the database is away");
  }
  const reactor::Deadline give_up = reactor_.after(limits::kCommitTimeout);
  for (bool is_repetition = false;; is_repetition = true) {
    std::vector<db::Draft> drafts;
    drafts.reserve(batch.size());
    for (const Waiting* waiting : batch) {
      drafts.push_back({.conversation_id = waiting->draft.conversation_id.value,
                        .sender_id = waiting->draft.sender_id.value,
                        .client_id = waiting->draft.client_id.bytes,
                        .body = waiting->draft.content});
    }
    auto results = co_await store_.commit(std::move(drafts));
    if (results && is_repetition) claim_first_try(*results);
    if (results) co_return results;
    if (!is_worth_repeating(results.error()) || reactor_.now() >= give_up) co_return results;
    ++figures_.retries;
    co_await reactor_.sleep_for(kRetryPause);
  }
}

void MessageCommitter::publish(const Waiting& waiting, const Committed& committed) {
  const Draft& draft = waiting.draft;
  protocol::MessageView message{.conversation_id = draft.conversation_id,
                                .seq = committed.seq,
                                .sender_id = draft.sender_id,
                                .content = draft.content,
                                .timestamp_ms = committed.timestamp_ms,
                                .client_id = shown_client_id(draft.client_id)};
  fan_out_.publish(
      draft.conversation_id,
      {.seq = committed.seq, .timestamp_ms = committed.timestamp_ms, .detail = std::move(message)},
      draft.client_id);
}

void MessageCommitter::finish(Waiting& waiting, Result<Committed> result) {
  waiting.result = std::move(result);
  reactor_.make_ready(waiting.caller);
}

CommitterFigures MessageCommitter::figures() const {
  CommitterFigures figures = figures_;
  figures.waiting = queue_.size();
  return figures;
}

}  // namespace ringtalk::app::chat
