#include "committing.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace ringtalk::bench {
namespace {

bool is_stored(const db::CommitResult& result) {
  return result.outcome == db::CommitResult::Outcome::kStored;
}

}  // namespace

db::Answer<void> Committing::run(Span counted) {
  while (std::chrono::steady_clock::now() < counted.to) {
    std::vector<db::Draft> drafts = next_batch();
    const reactor::TimePoint sent_at = std::chrono::steady_clock::now();
    const auto results = co_await store_.commit(std::move(drafts));
    if (!results) co_return std::unexpected(results.error());
    if (!std::ranges::all_of(*results, is_stored)) {
      co_return reactor::fail(reactor::ErrorKind::kInvalid,
                              "a message was not stored; does the database hold what "
                              "bench/database/conversations.sql makes?");
    }
    note(counted, sent_at);
  }
  co_return reactor::Result<>{};
}

// A batch is counted in whole by when it was answered.
void Committing::note(Span counted, reactor::TimePoint sent_at) {
  const reactor::TimePoint answered_at = std::chrono::steady_clock::now();
  if (answered_at < counted.from || answered_at > counted.to) return;
  tally_.messages += static_cast<std::uint64_t>(plan_.batch);
  tally_.batch_microseconds.push_back(
      std::chrono::duration_cast<std::chrono::microseconds>(answered_at - sent_at).count());
}

std::vector<db::Draft> Committing::next_batch() {
  std::uniform_int_distribution<std::int64_t> any_conversation(1, plan_.conversations);
  std::vector<db::Draft> drafts(static_cast<std::size_t>(plan_.batch));
  for (db::Draft& draft : drafts) {
    draft.conversation_id = any_conversation(random_);
    draft.sender_id = 2 * draft.conversation_id;
    draft.body = body_;
    const std::uint64_t halves[2] = {random_(), random_()};
    static_assert(sizeof(halves) == sizeof(draft.client_id));
    std::memcpy(draft.client_id.data(), halves, sizeof(halves));
  }
  return drafts;
}

}  // namespace ringtalk::bench
