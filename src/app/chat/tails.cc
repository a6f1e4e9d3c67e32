#include "app/chat/tails.h"

#include <algorithm>
#include <utility>

#include "app/chat/event_record.h"
#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using cache::TailCache;
using reactor::Task;

std::optional<TailRows> rows_of(std::int64_t conversation_id, const cache::Tail& tail) {
  TailRows rows;
  rows.reserve(tail.size());
  for (const cache::TailRecord& record : tail) {
    auto row = parse_event_record({conversation_id}, record.bytes);
    if (!row || row->seq != record.seq) return std::nullopt;
    rows.push_back(std::move(*row));
  }
  return rows;
}

}  // namespace

void Tails::append(const Published& published) {
  if (!exist() || published.event.seq == 0) return;
  std::string record;
  append_event_record(record, published.event, published.send_key);
  environment_.cache->append({.conversation_id = published.conversation_id.value,
                              .seq = published.event.seq,
                              .keep_from_seq = published.event.seq - limits::kCachedTailEvents + 1},
                             record);
}

Task<std::optional<TailRows>> Tails::read(TailCache::Range range) {
  if (!exist()) co_return std::nullopt;
  const auto tail = co_await environment_.cache->read(range);
  std::optional<TailRows> rows;
  if (tail) rows = rows_of(range.conversation_id, *tail);
  if (!rows) missed(range.conversation_id, range.head_seq);
  co_return rows;
}

Task<std::optional<TailRows>> Tails::read_last(TailCache::Last last) {
  if (!exist()) co_return std::nullopt;
  const auto tail = co_await environment_.cache->read_last(last);
  std::optional<TailRows> rows;
  if (tail) rows = rows_of(last.conversation_id, *tail);
  const bool is_whole =
      rows && !rows->empty() && (rows->size() >= last.count || rows->front().seq == 1);
  if (is_whole) co_return rows;
  missed(last.conversation_id, last.head_seq);
  co_return std::nullopt;
}

TailsFigures Tails::figures() const {
  if (!exist()) return {};
  return {.cache = environment_.cache->figures(), .loads = loads_};
}

void Tails::missed(std::int64_t conversation_id, std::int64_t head_seq) {
  if (loading_.contains(conversation_id)) return;
  // Forgetting all of them costs a few loads that come later.
  if (misses_.size() >= limits::kTailMissesMax) misses_.clear();
  Misses& misses = misses_[conversation_id];
  const reactor::TimePoint now = environment_.reactor.now();
  if (misses.count == 0 || now - misses.first_at > limits::kTailMissTime) {
    misses = {.first_at = now};
  }
  if (++misses.count < limits::kTailMissesToLoad) return;
  misses_.erase(conversation_id);
  loading_.insert(conversation_id);
  scope_.spawn(load(conversation_id, head_seq));
}

Task<void> Tails::load(std::int64_t conversation_id, std::int64_t head_seq) {
  ++loads_;
  const auto page = co_await environment_.store.events(
      {.conversation_id = conversation_id,
       .after_seq = std::max<std::int64_t>(0, head_seq - limits::kCachedTailEvents),
       .limit = limits::kCachedTailEvents});
  loading_.erase(conversation_id);
  // Only a tail that ends at the head is of use; whatever is committed now appends itself.
  if (!page || page->events.empty() || page->events.back().seq != page->last_seq) co_return;
  std::vector<cache::TailRecord> records;
  records.reserve(page->events.size());
  for (const db::EventRow& row : page->events) {
    append_event_record(records.emplace_back(cache::TailRecord{.seq = row.seq}).bytes, row);
  }
  environment_.cache->warm(conversation_id, records);
}

}  // namespace ringtalk::app::chat
