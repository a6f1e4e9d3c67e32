#include "app/chat/pending_marks.h"

#include <algorithm>
#include <utility>

#include "app/limits.h"

namespace ringtalk::app::chat {

void PendingMark::join(const PendingMark& other) {
  delivered = std::max(delivered, other.delivered);
  read = std::max(read, other.read);
  for (const db::OwnRun& run : other.own_runs) add_run(run);
  if (!session) {
    session = other.session;
  } else if (other.session && *session != *other.session) {
    session = 0;
  }
}

void PendingMark::add_run(db::OwnRun run) {
  // Mostly it goes on from the last one, or stands behind it.
  auto place = own_runs.end();
  while (place != own_runs.begin() && std::prev(place)->last + 1 >= run.first) --place;
  const auto begin = place;
  while (place != own_runs.end() && place->first <= run.last + 1) {
    run.first = std::min(run.first, place->first);
    run.last = std::max(run.last, place->last);
    ++place;
  }
  own_runs.insert(own_runs.erase(begin, place), run);
  // The oldest one is forgotten: the delivered mark stays lower than it might, so more is sent
  // again than need be, and nothing is skipped.
  if (own_runs.size() > limits::kOwnRunsMax) own_runs.erase(own_runs.begin());
}

void PendingMarks::add(const MarkKey& key, const PendingMark& mark) {
  PendingMark& entry = entries_[key];
  entry.join(mark);
  if (entry.is_urgent()) urgent_.insert(key);
}

PendingMarks::Batch PendingMarks::take_of(protocol::UserId user, std::size_t entries_max) {
  Batch batch;
  auto entry = entries_.lower_bound({.user_id = user});
  while (entry != entries_.end() && entry->first.user_id == user && batch.size() < entries_max) {
    entry = move(entry, batch);
  }
  return batch;
}

PendingMarks::Batch PendingMarks::take_urgent(const MarkKey& after, std::size_t entries_max) {
  Batch batch;
  auto key = urgent_.upper_bound(after);
  while (key != urgent_.end() && batch.size() < entries_max) {
    const auto entry = entries_.find(*key++);  // which goes with its entry
    static_cast<void>(move(entry, batch));
  }
  return batch;
}

PendingMarks::Batch PendingMarks::take_any(const MarkKey& after, std::size_t entries_max) {
  Batch batch;
  auto entry = entries_.upper_bound(after);
  while (entry != entries_.end() && batch.size() < entries_max) entry = move(entry, batch);
  return batch;
}

PendingMarks::Entries::iterator PendingMarks::move(Entries::iterator entry, Batch& into) {
  urgent_.erase(entry->first);
  into.push_back({.key = entry->first, .mark = std::move(entry->second)});
  return entries_.erase(entry);
}

}  // namespace ringtalk::app::chat
