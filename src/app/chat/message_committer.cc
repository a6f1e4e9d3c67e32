#include "app/chat/message_committer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/chat/view_rows.h"
#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using reactor::Error;
using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

constexpr std::chrono::milliseconds kRetryPause{50};

// It may or may not have been committed.
bool is_fate_unknown(const Error& error) {
  return error.code != "57014" &&
         (error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimedOut);
}

bool is_row_locked(const Error& error) {
  return error.code == "55P03";
}

// Sending the same drafts again is safe, because their client ids are in the log if they are.
bool is_worth_repeating(const Error& error) {
  return is_fate_unknown(error) || error.kind == ErrorKind::kOverloaded || error.code == "40P01" ||
         error.code == "40001" || error.code == "57014";
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

// What is found in the log after a try of unknown fate is most likely what that try has stored
// there; only the answer was lost. So it is a stored message to its sender, with its place in the
// order. It may also be an earlier send's, by another connection or instance: whoever knows that
// its place has passed sees so.
Committed committed_as(const WaitingDraft& waiting, const db::CommitResult& result) {
  Committed committed{.outcome = outcome_of(result.outcome),
                      .seq = result.seq,
                      .timestamp_ms = result.created_at_ms};
  if (waiting.may_be_stored && committed.outcome == Committed::Outcome::kDuplicate) {
    committed.outcome = Committed::Outcome::kStored;
    committed.may_be_older = true;
  }
  return committed;
}

// A duplicate is published again, and read again by its sender: the instance that stored it may
// have died before it told anyone. Whoever has it already sees so by its seq.
bool is_in_the_log(Committed::Outcome outcome) {
  return outcome == Committed::Outcome::kStored || outcome == Committed::Outcome::kDuplicate;
}

std::vector<std::int64_t> conversations_of(const Batch& batch) {
  std::vector<std::int64_t> ids;
  for (const WaitingDraft* waiting : batch) ids.push_back(waiting->draft.conversation_id.value);
  std::ranges::sort(ids);
  const auto rest = std::ranges::unique(ids);
  ids.erase(rest.begin(), rest.end());
  return ids;
}

}  // namespace

MessageCommitter::MessageCommitter(reactor::Reactor& reactor, db::MessageStore& store,
                                   FanOut& fan_out, Receipts& receipts)
    : reactor_(reactor), store_(store), fan_out_(fan_out), receipts_(receipts) {}

Task<Result<Committed>> MessageCommitter::commit(Draft draft) {
  if (waiting_ >= limits::kCommitQueueMax) {
    co_return reactor::fail(ErrorKind::kOverloaded, "too many messages wait to be committed");
  }
  WaitingDraft waiting{.draft = std::move(draft),
                       .give_up = reactor_.after(limits::kCommitTimeout)};
  queue_of(waiting.draft.conversation_id).push(waiting);
  ++waiting_;
  if (!is_running_ && !queue_.empty()) {
    is_running_ = true;
    scope_.spawn(run());
  }
  struct Suspension {
    WaitingDraft& waiting;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> caller) const { waiting.caller = caller; }
    void await_resume() const noexcept {}
  };
  co_await Suspension{waiting};
  co_return std::move(*waiting.result);
}

DraftQueue& MessageCommitter::queue_of(protocol::ConversationId id) {
  const auto lane = lanes_.find(id);
  return lane == lanes_.end() ? queue_ : *lane->second;
}

Task<void> MessageCommitter::run() {
  // What else this turn brings goes along in the first batch.
  co_await reactor_.yield();
  while (!queue_.empty()) {
    Batch batch = queue_.take_batch();
    waiting_ -= batch.size();
    co_await commit_batch(std::move(batch), db::CommitLane::kMain);
  }
  is_running_ = false;
}

Task<void> MessageCommitter::commit_batch(Batch batch, db::CommitLane lane) {
  const auto results = co_await store_batch(batch, lane);
  if (results) co_return conclude(batch, *results);
  if (is_row_locked(results.error()) && lane == db::CommitLane::kMain) {
    co_return co_await set_locked_aside(std::move(batch), results.error());
  }
  // One bad draft must not fail its neighbours: halves, until it stands alone.
  if (results.error().kind == ErrorKind::kInvalid && batch.size() > 1) {
    const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    co_await commit_batch(Batch(batch.begin(), middle), lane);
    co_await commit_batch(Batch(middle, batch.end()), lane);
    co_return;
  }
  for (WaitingDraft* waiting : batch) finish(*waiting, std::unexpected(results.error()));
}

void MessageCommitter::conclude(const Batch& batch, const Results& results) {
  ++figures_.batches;
  std::vector<SentMark> sent;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Draft& draft = batch[i]->draft;
    const Committed committed = committed_as(*batch[i], results[i]);
    if (committed.outcome == Committed::Outcome::kStored) ++figures_.messages;
    if (is_in_the_log(committed.outcome)) {
      publish(draft, committed);
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
Task<Result<MessageCommitter::Results>> MessageCommitter::store_batch(const Batch& batch,
                                                                      db::CommitLane lane) {
  if (!store_.is_available()) {
    co_return reactor::fail(ErrorKind::kUnavailable, "the database is away");
  }
  const reactor::Deadline give_up = reactor_.after(limits::kCommitTimeout);
  while (true) {
    std::vector<db::Draft> drafts;
    drafts.reserve(batch.size());
    for (const WaitingDraft* waiting : batch) {
      drafts.push_back({.conversation_id = waiting->draft.conversation_id.value,
                        .sender_id = waiting->draft.sender_id.value,
                        .client_id = waiting->draft.client_id.bytes,
                        .body = waiting->draft.content});
    }
    auto results = co_await store_.commit(std::move(drafts), lane);
    if (results) co_return results;
    const Error& error = results.error();
    if (is_fate_unknown(error)) {
      for (WaitingDraft* waiting : batch) waiting->may_be_stored = true;
    }
    const bool is_for_a_lane = is_row_locked(error) && lane == db::CommitLane::kMain;
    if (is_for_a_lane) co_return results;
    if (!is_worth_repeating(error) || reactor_.now() >= give_up) co_return results;
    ++figures_.retries;
    co_await reactor_.sleep_for(kRetryPause);
  }
}

// --- lanes ---

// Nothing of this try was stored, because a lock was not given in time. The error does not say
// which one: the database is asked, and what is locked still goes into a lane of its own. The
// others are tried again at once.
Task<void> MessageCommitter::set_locked_aside(Batch batch, Error error) {
  const auto locked = co_await store_.locked_of(conversations_of(batch));
  std::erase_if(batch, [&](WaitingDraft* waiting) {
    if (reactor_.now() < waiting->give_up) return false;
    finish(*waiting, std::unexpected(error));
    return true;
  });
  waiting_ += batch.size();
  queue_.put_back(batch);
  if (!locked) co_return;
  for (const std::int64_t id : *locked) open_lane({id});
}

void MessageCommitter::open_lane(protocol::ConversationId id) {
  Batch drafts = queue_.take_all_of(id);
  if (drafts.empty()) return;
  auto lane = std::make_unique<DraftQueue>();
  lane->put_back(drafts);
  lanes_.emplace(id, std::move(lane));
  ++figures_.hot_lanes;
  scope_.spawn(run_lane(id));
}

Task<void> MessageCommitter::run_lane(protocol::ConversationId id) {
  DraftQueue& lane = *lanes_.at(id);
  while (!lane.empty()) {
    Batch batch = lane.take_batch();
    waiting_ -= batch.size();
    co_await commit_batch(std::move(batch), db::CommitLane::kHot);
  }
  lanes_.erase(id);
}

// --- after the commit ---

void MessageCommitter::publish(const Draft& draft, const Committed& committed) {
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

void MessageCommitter::finish(WaitingDraft& waiting, Result<Committed> result) {
  waiting.result = std::move(result);
  reactor_.make_ready(waiting.caller);
}

CommitterFigures MessageCommitter::figures() const {
  CommitterFigures figures = figures_;
  figures.waiting = waiting_;
  return figures;
}

}  // namespace ringtalk::app::chat
