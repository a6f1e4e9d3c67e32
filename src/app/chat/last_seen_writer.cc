#include "app/chat/last_seen_writer.h"

#include <algorithm>
#include <utility>

#include "app/limits.h"

namespace ringtalk::app::chat {

using reactor::Task;

void LastSeenWriter::note(db::LastSeen seen) {
  const bool has_room =
      pending_.size() < limits::kPendingLastSeenMax || pending_.contains(seen.user_id);
  if (!has_room) return;
  std::int64_t& pending = pending_[seen.user_id];
  pending = std::max(pending, seen.seen_at_ms);
  if (is_writing_ || is_scheduled()) return;
  reactor_.timers().schedule(*this, reactor_.after(limits::kLastSeenDelay));
}

void LastSeenWriter::expired() {
  is_writing_ = true;
  scope_.spawn(flush());
}

Task<void> LastSeenWriter::flush() {
  static_cast<void>(co_await write_all());
  is_writing_ = false;
  if (!pending_.empty()) {
    reactor_.timers().schedule(*this, reactor_.after(limits::kLastSeenDelay));
  }
}

Task<bool> LastSeenWriter::write_all() {
  while (!pending_.empty()) {
    std::vector<db::LastSeen> batch = take_batch();
    const auto written = co_await store_.raise_last_seen(batch);
    if (written) continue;
    for (const db::LastSeen& seen : batch) {
      std::int64_t& pending = pending_[seen.user_id];
      pending = std::max(pending, seen.seen_at_ms);
    }
    co_return false;
  }
  co_return true;
}

std::vector<db::LastSeen> LastSeenWriter::take_batch() {
  std::vector<db::LastSeen> batch;
  for (auto next = pending_.begin();
       next != pending_.end() && batch.size() < limits::kLastSeenBatchMax;) {
    batch.push_back({.user_id = next->first, .seen_at_ms = next->second});
    next = pending_.erase(next);
  }
  return batch;
}

Task<void> LastSeenWriter::close() {
  is_writing_ = true;
  cancel();
  co_await scope_.join();
  cancel();  // that flush may have scheduled the next one
  static_cast<void>(co_await write_all());
}

}  // namespace ringtalk::app::chat
