// PgMarkStore: the marks in PostgreSQL, written by the pool's writer. Owned by a shard, used on its
// thread; the pool outlives it.
#pragma once

#include <optional>
#include <vector>

#include "db/mark_store.h"
#include "db/pool.h"

namespace ringtalk::db {

class PgMarkStore final : public MarkStore {
 public:
  explicit PgMarkStore(Pool& pool) : pool_(pool) {}

  [[nodiscard]] bool is_available() const override { return pool_.writer().is_available(); }
  Answer<std::vector<std::optional<Marks>>> raise_many_marks(
      std::vector<MarkRequest> requests) override;

 private:
  Pool& pool_;
};

}  // namespace ringtalk::db
