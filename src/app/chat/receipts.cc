#include "app/chat/receipts.h"

#include <algorithm>
#include <utility>

#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using protocol::UserId;
using reactor::Error;
using reactor::ErrorKind;
using reactor::Task;

db::MarkRequest request_of(const PendingMarks::Entry& entry) {
  db::MarkRequest request{.conversation_id = entry.key.conversation_id.value,
                          .user_id = entry.key.user_id.value,
                          .own_runs = entry.mark.own_runs};
  if (entry.mark.delivered > 0) request.delivered_seq = entry.mark.delivered;
  if (entry.mark.read > 0) request.read_seq = entry.mark.read;
  return request;
}

// Marks only rise, so writing them again is safe whatever became of the first try.
bool is_worth_repeating(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimedOut ||
         error.kind == ErrorKind::kOverloaded || error.code == "40P01" || error.code == "40001" ||
         error.code == "57014";
}

}  // namespace

Receipts::Receipts(const Environment& environment) : environment_(environment), timer_(*this) {}

// --- from any shard ---

Task<bool> Receipts::note(MarkKey key, PendingMark mark) {
  const std::size_t owner = owner_of(key.user_id);
  if (&on_shard(owner) == this) co_return note_here(key, mark);
  const auto work = [&](ShardPort& port) { return port.receipts->note_here(key, mark); };
  co_return co_await environment_.directory.ask(environment_.reactor, owner, work);
}

void Receipts::note_sent(const std::vector<SentMark>& sent) {
  std::vector<std::vector<SentMark>> of_shard(environment_.directory.size());
  for (const SentMark& mark : sent) of_shard[owner_of(mark.key.user_id)].push_back(mark);
  for (std::size_t shard = 0; shard < of_shard.size(); ++shard) {
    if (of_shard[shard].empty()) continue;
    if (&on_shard(shard) == this) {
      note_sent_here(of_shard[shard]);
      continue;
    }
    // Must not get lost, so it is not bounded by the mailbox; commits are. It arrives before
    // whatever their senders ask for once they know of them.
    ShardPort& port = environment_.directory.port(shard);
    port.reactor->mailbox().post_answer(
        [&port, marks = std::move(of_shard[shard])] { port.receipts->note_sent_here(marks); });
  }
}

db::Answer<std::optional<db::Marks>> Receipts::write(db::MarkRequest request,
                                                     SessionNumber session) {
  const MarkKey key{.user_id = {request.user_id}, .conversation_id = {request.conversation_id}};
  auto marks = co_await environment_.store.raise_marks(std::move(request));
  if (marks && *marks && (*marks)->is_changed) tell(key, **marks, session);
  co_return marks;
}

Task<void> Receipts::settle(UserId user) {
  const std::size_t owner = owner_of(user);
  if (&on_shard(owner) == this) {
    // Own messages that others have committed lie in the mailbox: what the socket brought in this
    // turn may be running before its letters.
    co_await environment_.reactor.yield();
    static_cast<void>(co_await settle_here(user));
    co_return;
  }
  const auto work = [user] RINGTALK_COROUTINE_WRAPPER(ShardPort & port) {
    return port.receipts->settle_here(user);
  };
  static_cast<void>(co_await environment_.directory.ask_task(environment_.reactor, owner, work));
}

// --- gathering ---

bool Receipts::note_here(const MarkKey& key, const PendingMark& mark) {
  const bool has_room = pending_.has(key) || pending_.size() + writing_ < limits::kPendingMarksMax;
  if (!has_room) return false;
  pending_.add(key, mark);
  schedule();
  return true;
}

void Receipts::note_sent_here(const std::vector<SentMark>& sent) {
  for (const SentMark& mark : sent) {
    const bool is_noted = note_here(
        mark.key, {.own_runs = {{.first = mark.seq, .last = mark.seq}}, .session = mark.session});
    // The database has been away for so long that there is no room: this one stays unread to its
    // own sender until he reads.
    if (!is_noted) ++figures_.forgotten;
  }
}

void Receipts::schedule() {
  const reactor::Reactor& reactor = environment_.reactor;
  if (pending_.has_urgent() && urgent_due_ == reactor::kNever) {
    urgent_due_ = reactor.after(limits::kReadMarkDelay);
  }
  if (pending_.size() > 0 && rest_due_ == reactor::kNever) {
    rest_due_ = reactor.after(limits::kDeliveredMarkDelay);
  }
  // A flush that is under way schedules what it has left.
  if (is_flushing_) return;
  environment_.reactor.timers().schedule(timer_, std::min(urgent_due_, rest_due_));
}

// --- writing ---

void Receipts::begin_flush() {
  is_flushing_ = true;
  scope_.spawn(flush());
}

// One pass over what is due and what goes along with it: all that is urgent, or everything. What
// comes meanwhile is part of it, or has a time of its own.
Task<void> Receipts::flush() {
  const bool is_all_due = environment_.reactor.now() >= rest_due_;
  urgent_due_ = reactor::kNever;
  if (is_all_due) rest_due_ = reactor::kNever;
  MarkKey after;
  while (true) {
    PendingMarks::Batch batch = is_all_due ? pending_.take_any(after, limits::kMarkBatchMax)
                                           : pending_.take_urgent(after, limits::kMarkBatchMax);
    if (batch.empty()) break;
    after = batch.back().key;
    if (!co_await write_batch(std::move(batch))) break;
  }
  is_flushing_ = false;
  schedule();
}

Task<bool> Receipts::write_batch(PendingMarks::Batch batch) {
  std::vector<db::MarkRequest> requests;
  requests.reserve(batch.size());
  for (const PendingMarks::Entry& entry : batch) requests.push_back(request_of(entry));
  begin_writing(batch);
  const auto marks = co_await environment_.store.raise_many_marks(std::move(requests));
  if (marks) {
    ++figures_.batches;
  } else {
    ++figures_.failures;
    keep_or_forget(batch, marks.error());
  }
  end_writing(batch);
  for (std::size_t i = 0; marks && i < batch.size(); ++i) {
    const std::optional<db::Marks>& now = (*marks)[i];
    if (!now || !now->is_changed) continue;  // no member any more; or nothing new
    ++figures_.raised;
    tell(batch[i].key, *now, batch[i].mark.session.value_or(0));
  }
  co_return marks.has_value();
}

void Receipts::keep_or_forget(const PendingMarks::Batch& batch, const Error& error) {
  if (!is_worth_repeating(error)) {
    figures_.forgotten += batch.size();
    return;
  }
  for (const PendingMarks::Entry& entry : batch) pending_.add(entry.key, entry.mark);
  schedule();
}

void Receipts::begin_writing(const PendingMarks::Batch& batch) {
  writing_ += batch.size();
  for (const PendingMarks::Entry& entry : batch) ++writing_of_[entry.key.user_id];
}

void Receipts::end_writing(const PendingMarks::Batch& batch) {
  writing_ -= batch.size();
  for (const PendingMarks::Entry& entry : batch) {
    const auto count = writing_of_.find(entry.key.user_id);
    if (--count.value() == 0) writing_of_.erase(count);
  }
  for (const std::coroutine_handle<> settler : std::exchange(settlers_, {})) {
    environment_.reactor.make_ready(settler);
  }
}

void Receipts::tell(const MarkKey& key, const db::Marks& marks, SessionNumber session) {
  if (is_hushed_) return;
  environment_.fan_out.pass_on(passing({.conversation_id = key.conversation_id,
                                        .user_id = key.user_id,
                                        .delivered_seq = marks.delivered_seq,
                                        .read_seq = marks.read_seq},
                                       session));
}

// --- settling ---

Task<bool> Receipts::settle_here(UserId user) {
  struct Suspension {
    Receipts& receipts;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) const { receipts.settlers_.push_back(self); }
    void await_resume() const noexcept {}
  };
  while (true) {
    PendingMarks::Batch batch = pending_.take_of(user, limits::kMarkBatchMax);
    if (!batch.empty()) {
      if (!co_await write_batch(std::move(batch))) co_return false;
    } else if (writing_of_.contains(user)) {
      co_await Suspension{*this};  // what cannot be written will be pending again
    } else {
      co_return true;
    }
  }
}

// --- the end ---

Task<void> Receipts::close() {
  is_hushed_ = true;
  timer_.cancel();
  co_await scope_.join();
  timer_.cancel();  // that flush has scheduled the next one
  is_flushing_ = true;
  bool is_written = true;
  while (is_written && pending_.size() > 0) {
    is_written = co_await write_batch(pending_.take_any({}, limits::kMarkBatchMax));
  }
}

ReceiptsFigures Receipts::figures() const {
  ReceiptsFigures figures = figures_;
  figures.pending = pending_.size() + writing_;
  return figures;
}

}  // namespace ringtalk::app::chat
