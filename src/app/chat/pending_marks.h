// PendingMarks: marks that are not written yet, one entry for each (conversation, user): what comes
// meanwhile is joined to it. A value with rules, no I/O. Member of Receipts; its thread.
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "app/chat/passing.h"
#include "app/protocol/ids.h"
#include "db/mark_store.h"

namespace ringtalk::app::chat {

/// By user first, so that the entries of one user stand together.
struct MarkKey {
  protocol::UserId user_id;
  protocol::ConversationId conversation_id;

  friend auto operator<=>(const MarkKey&, const MarkKey&) = default;
};

struct PendingMark {
  protocol::Seq delivered = 0;  // 0: nothing new
  protocol::Seq read = 0;
  std::vector<db::OwnRun> own_runs;      // ascending, none touches another
  std::optional<SessionNumber> session;  // who caused it; 0: several, or none that is a session

  /// Read marks and own messages are owed sooner than delivered marks.
  [[nodiscard]] bool is_urgent() const { return read > 0 || !own_runs.empty(); }
  void join(const PendingMark& other);

 private:
  void add_run(db::OwnRun run);
};

class PendingMarks {
 public:
  struct Entry {
    MarkKey key;
    PendingMark mark;
  };
  using Batch = std::vector<Entry>;

  void add(const MarkKey& key, const PendingMark& mark);

  // Each takes up to `entries_max` entries out, ascending; the last two those behind `after`.
  [[nodiscard]] Batch take_of(protocol::UserId user, std::size_t entries_max);
  [[nodiscard]] Batch take_urgent(const MarkKey& after, std::size_t entries_max);
  [[nodiscard]] Batch take_any(const MarkKey& after, std::size_t entries_max);

  [[nodiscard]] bool has_urgent() const { return !urgent_.empty(); }
  [[nodiscard]] bool has(const MarkKey& key) const { return entries_.contains(key); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  using Entries = std::map<MarkKey, PendingMark>;
  [[nodiscard]] Entries::iterator move(Entries::iterator entry, Batch& into);

  Entries entries_;
  std::set<MarkKey> urgent_;
};

}  // namespace ringtalk::app::chat
