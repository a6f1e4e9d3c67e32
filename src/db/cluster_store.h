// ClusterStore: what is true of the store as a whole.
// Owned by a shard, used on its thread; the pool outlives it.
#pragma once

#include <string>

#include "db/answer.h"
#include "db/pool.h"

namespace ringtalk::db {

class ClusterStore {
 public:
  explicit ClusterStore(Pool& pool) : pool_(pool) {}

  /// Changes when the store was restored, or failed over with loss; never empty.
  Answer<std::string> epoch();

 private:
  Pool& pool_;
};

}  // namespace ringtalk::db
