// LastSeenStore: when users were last online. What chat needs of it; PgLastSeenStore keeps it in
// PostgreSQL, tests in memory. Owned by a shard, used on its thread.
#pragma once

#include <cstdint>
#include <vector>

#include "db/answer.h"
#include "reactor/pinned.h"

namespace ringtalk::db {

struct LastSeen {
  std::int64_t user_id = 0;
  std::int64_t seen_at_ms = 0;

  friend bool operator==(const LastSeen&, const LastSeen&) = default;
};

class LastSeenStore : reactor::Pinned {
 public:
  virtual ~LastSeenStore() = default;

  /// In no order; users who do not exist, or were never online, are passed over.
  virtual Answer<std::vector<LastSeen>> last_seen_of(std::vector<std::int64_t> user_ids) = 0;
  /// They only rise. In one transaction, which does not wait for the disk; at most one entry for
  /// each user.
  virtual Answer<void> raise_last_seen(std::vector<LastSeen> seen) = 0;
};

}  // namespace ringtalk::db
