// The group commit: lock, store; one segment, one commit.
#include <algorithm>
#include <string_view>
#include <utility>

#include "db/message_sql.h"
#include "db/pg_message_store.h"

namespace ringtalk::db {
namespace {

CommitResult::Outcome outcome_of(std::string_view word) {
  using enum CommitResult::Outcome;
  if (word == "stored") return kStored;
  if (word == "duplicate") return kDuplicate;
  if (word == "key_reused") return kKeyReused;
  return kNotMember;
}

/// The drafts as columns. The conversations stand once each, ascending; a draft names its place.
struct Batch {
  std::vector<std::int64_t> conversations;
  std::vector<std::int32_t> places;  // from 1, as SQL counts
  std::vector<Uuid> client_ids;
  std::vector<std::int64_t> senders;
  std::vector<std::string_view> bodies;  // of the drafts, which outlive the batch
};

Batch batch_of(const std::vector<Draft>& drafts) {
  Batch batch;
  for (const Draft& draft : drafts) batch.conversations.push_back(draft.conversation_id);
  std::ranges::sort(batch.conversations);
  const auto rest = std::ranges::unique(batch.conversations);
  batch.conversations.erase(rest.begin(), rest.end());
  for (const Draft& draft : drafts) {
    const auto found = std::ranges::lower_bound(batch.conversations, draft.conversation_id);
    batch.places.push_back(static_cast<std::int32_t>(found - batch.conversations.begin() + 1));
    batch.client_ids.push_back(draft.client_id);
    batch.senders.push_back(draft.sender_id);
    batch.bodies.push_back(draft.body);
  }
  return batch;
}

Segment commit_segment(const std::vector<Draft>& drafts) {
  const Batch batch = batch_of(drafts);
  PgParameters messages;
  messages.int8_array(batch.conversations).int4_array(batch.places);
  messages.uuid_array(batch.client_ids).int8_array(batch.senders).text_array(batch.bodies);
  Segment segment;
  segment.add(message_sql::kSendLock, PgParameters().int8_array(batch.conversations));
  segment.add(message_sql::kSendBatch, std::move(messages));
  return segment;
}

}  // namespace

Answer<std::vector<CommitResult>> PgMessageStore::commit(std::vector<Draft> drafts,
                                                         CommitLane lane) {
  RINGTALK_ASSERT(!drafts.empty() && drafts.size() <= kCommitBatchMax, "1 to 256 drafts a batch");
  PgConnection& connection = lane == CommitLane::kMain ? pool_.writer() : pool_.hot_lane();
  const auto answer = co_await connection.run(commit_segment(drafts));
  if (!answer) co_return std::unexpected(answer.error());

  const PgResult& rows = (*answer)[1];
  std::vector<CommitResult> results(drafts.size());
  std::size_t stored = 0;
  for (int row = 0; row < rows.rows(); ++row) {
    CommitResult& result = results[static_cast<std::size_t>(rows.int4({row, 0}) - 1)];
    result.outcome = outcome_of(rows.text({row, 3}));
    if (result.outcome == CommitResult::Outcome::kNotMember) continue;
    result.seq = rows.int8({row, 1});
    result.created_at_ms = rows.unix_ms({row, 2});
    if (result.outcome == CommitResult::Outcome::kStored) ++stored;
  }
  pool_.note_stored(stored);
  co_return results;
}

Answer<std::vector<std::int64_t>> PgMessageStore::locked_of(
    std::vector<std::int64_t> conversation_ids) {
  const auto answer = co_await pool_.writer().run(
      Segment(message_sql::kLockedOf, PgParameters().int8_array(conversation_ids)));
  if (!answer) co_return std::unexpected(answer.error());
  const PgResult& rows = answer->front();
  std::vector<std::int64_t> locked;
  for (int row = 0; row < rows.rows(); ++row) locked.push_back(rows.int8({row, 0}));
  co_return locked;
}

}  // namespace ringtalk::db
