// PgMessageStore: the logs in PostgreSQL. Reads by the pool's reader, commits by its writer. Owned
// by a shard, used on its thread; the pool outlives it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "db/message_store.h"
#include "db/pool.h"

namespace ringtalk::db {

class PgMessageStore final : public MessageStore {
 public:
  explicit PgMessageStore(Pool& pool) : pool_(pool) {}

  [[nodiscard]] bool is_available() const override { return pool_.is_available(); }
  Answer<std::vector<CommitResult>> commit(std::vector<Draft> drafts,
                                           CommitLane lane = CommitLane::kMain) override;
  Answer<std::vector<std::int64_t>> locked_of(std::vector<std::int64_t> conversation_ids) override;
  Answer<std::optional<MessageRow>> find_message(std::int64_t conversation_id,
                                                 std::int64_t seq) override;
  Answer<MessagePage> history(HistoryRequest request) override;
  Answer<EventPage> events(EventsRequest request) override;
  Answer<LogHead> head(std::int64_t conversation_id) override;
  Answer<std::int64_t> first_seq_since(std::int64_t conversation_id, std::int64_t time_ms) override;

 private:
  Pool& pool_;
};

}  // namespace ringtalk::db
