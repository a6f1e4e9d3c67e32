// MarkStore: how far each member has received and read. What chat needs of it; PgMarkStore keeps
// the marks in PostgreSQL, tests in memory. Owned by a shard, used on its thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "db/answer.h"
#include "reactor/pinned.h"

namespace ringtalk::db {

/// Own messages with nothing between them: seqs `first` to `last`.
struct OwnRun {
  std::int64_t first = 0;
  std::int64_t last = 0;

  friend bool operator==(const OwnRun&, const OwnRun&) = default;
};

/// Marks only rise. `delivered_seq` and `read_seq` are clamped to the head of the log, and `read`
/// raises `delivered` too. An own message (which is in the log) raises `read`, and `delivered` only
/// if that, with what this request says of it, stands right before the first one of its run.
struct MarkRequest {
  std::int64_t conversation_id = 0;
  std::int64_t user_id = 0;
  std::optional<std::int64_t> delivered_seq;
  std::optional<std::int64_t> read_seq;
  std::vector<OwnRun> own_runs;  // in any order; none touches another
};

struct Marks {
  std::int64_t delivered_seq = 0;
  std::int64_t read_seq = 0;
  bool is_changed = false;  // by this request
};

class MarkStore : reactor::Pinned {
 public:
  virtual ~MarkStore() = default;

  /// False while the database is away: whatever is asked then fails at once.
  [[nodiscard]] virtual bool is_available() const = 0;

  /// In one transaction, answered in their order; at most one request for each (conversation,
  /// user). The marks as they are now; nothing for who is no member. Written without waiting for
  /// the disk: a crash of the database may take back the last moments of marks (never of messages).
  virtual Answer<std::vector<std::optional<Marks>>> raise_many_marks(
      std::vector<MarkRequest> requests) = 0;

  /// One alone.
  Answer<std::optional<Marks>> raise_marks(MarkRequest request);
};

}  // namespace ringtalk::db
