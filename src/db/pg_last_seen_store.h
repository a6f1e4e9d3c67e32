// PgLastSeenStore: users.last_seen_at in PostgreSQL. Owned by a shard, used on its thread; the pool
// outlives it.
#pragma once

#include <cstdint>
#include <vector>

#include "db/last_seen_store.h"
#include "db/pool.h"

namespace ringtalk::db {

class PgLastSeenStore final : public LastSeenStore {
 public:
  explicit PgLastSeenStore(Pool& pool) : pool_(pool) {}

  Answer<std::vector<LastSeen>> last_seen_of(std::vector<std::int64_t> user_ids) override;
  Answer<void> raise_last_seen(std::vector<LastSeen> seen) override;

 private:
  Pool& pool_;
};

}  // namespace ringtalk::db
