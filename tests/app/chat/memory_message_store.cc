#include "memory_message_store.h"

#include <algorithm>

namespace ringtalk::app::chat::testing {

using reactor::ErrorKind;

db::Answer<std::vector<db::CommitResult>> MemoryMessageStore::commit(std::vector<db::Draft> drafts,
                                                                     db::CommitLane) {
  batch_sizes.push_back(drafts.size());
  co_await reactor_.sleep_for(latency);
  std::optional<Failure> failure;
  if (!failures.empty()) {
    failure = std::move(failures.front());
    failures.pop_front();
  }
  if (failure && !failure->is_committed) co_return std::unexpected(failure->error);
  if (refused_body && std::ranges::find(drafts, *refused_body, &db::Draft::body) != drafts.end()) {
    co_return reactor::fail(ErrorKind::kInvalid, "a body that the database refuses");
  }
  if (is_any_locked(drafts)) {
    co_await reactor_.sleep_for(lock_patience);
    if (is_any_locked(drafts)) {
      co_return std::unexpected(
          reactor::Error{.kind = ErrorKind::kOverloaded, .detail = "locked", .code = "55P03"});
    }
  }
  std::vector<db::CommitResult> results;
  results.reserve(drafts.size());
  for (const db::Draft& draft : drafts) results.push_back(store(draft));
  if (failure) co_return std::unexpected(failure->error);
  co_return results;
}

bool MemoryMessageStore::is_any_locked(const std::vector<db::Draft>& drafts) const {
  return std::ranges::any_of(
      drafts, [&](const db::Draft& draft) { return locked.contains(draft.conversation_id); });
}

db::Answer<std::vector<std::int64_t>> MemoryMessageStore::locked_of(
    std::vector<std::int64_t> conversation_ids) {
  co_await reactor_.sleep_for(latency);
  std::erase_if(conversation_ids, [&](std::int64_t id) { return !locked.contains(id); });
  co_return conversation_ids;
}

db::CommitResult MemoryMessageStore::store(const db::Draft& draft) {
  return tables.store(draft, reactor_.unix_milliseconds());
}

db::Answer<db::EventPage> MemoryMessageStore::events(db::EventsRequest request) {
  ++pages_read;
  co_await reactor_.sleep_for(latency);
  if (is_away) co_return reactor::fail(ErrorKind::kUnavailable, "away");
  co_return tables.events(request);
}

db::Answer<db::LogHead> MemoryMessageStore::head(std::int64_t conversation_id) {
  ++heads_read;
  co_await reactor_.sleep_for(latency);
  if (is_away) co_return reactor::fail(ErrorKind::kUnavailable, "away");
  co_return tables.head(conversation_id);
}

// What chat's own classes never ask.
db::Answer<std::optional<db::MessageRow>> MemoryMessageStore::find_message(std::int64_t,
                                                                           std::int64_t) {
  co_return reactor::fail(ErrorKind::kProtocol, "not in memory");
}
db::Answer<db::MessagePage> MemoryMessageStore::history(db::HistoryRequest) {
  co_return reactor::fail(ErrorKind::kProtocol, "not in memory");
}
db::Answer<std::int64_t> MemoryMessageStore::first_seq_since(std::int64_t, std::int64_t) {
  co_return reactor::fail(ErrorKind::kProtocol, "not in memory");
}

}  // namespace ringtalk::app::chat::testing
