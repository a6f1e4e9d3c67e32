#include "cache/tail_cache.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <utility>

#include "cache/keys.h"
#include "cache/limits.h"

namespace ringtalk::cache {

using reactor::Result;
using reactor::Task;

namespace {

constexpr std::size_t kSeqBytes = sizeof(std::int64_t);

// Big-endian, so that members of one score are in order too.
std::string member_of(std::int64_t seq, std::string_view record) {
  std::string member(kSeqBytes, '\0');
  const std::int64_t wire = std::byteswap(seq);
  std::memcpy(member.data(), &wire, kSeqBytes);
  return member.append(record);
}

/// Ascending, each seq once; nothing when it is not so.
std::optional<Tail> tail_of(std::vector<Reply> members) {
  Tail tail;
  tail.reserve(members.size());
  for (Reply& member : members) {
    if (member.kind != Reply::Kind::kString || member.text.size() < kSeqBytes) return std::nullopt;
    std::int64_t wire = 0;
    std::memcpy(&wire, member.text.data(), kSeqBytes);
    tail.push_back({.seq = std::byteswap(wire), .bytes = member.text.substr(kSeqBytes)});
  }
  if (tail.size() > 1 && tail.front().seq > tail.back().seq) std::ranges::reverse(tail);
  const auto is_misplaced = [](const TailRecord& one, const TailRecord& next) {
    return one.seq >= next.seq;
  };
  if (std::ranges::adjacent_find(tail, is_misplaced) != tail.end()) return std::nullopt;
  return tail;
}

}  // namespace

static_assert(std::endian::native == std::endian::little);

TailCache::TailCache(reactor::Reactor& reactor, RedisConnection& connection)
    : reactor_(reactor), connection_(connection), distrust_(limits::kTailDistrustedMax) {
  connection_.add_listener(*this);
}

TailFigures TailCache::figures() const {
  TailFigures figures = figures_;
  figures.distrusted = distrust_.size();
  figures.distrusts_all = distrust_.is_all();
  return figures;
}

void TailCache::set_epoch(std::string epoch) {
  epoch_ = std::move(epoch);
  sweep_at(std::max(settled_at_, reactor_.now()));
}

// Writing

void TailCache::append(Place place, std::string_view record) {
  if (!is_trusted(place.conversation_id) || record.size() > limits::kTailRecordBytesMax) return;
  const std::string key = tail_key(epoch_, place.conversation_id);
  post(place.conversation_id,
       Command("ZADD").add(key).add(place.seq).add(member_of(place.seq, record)));
  if (place.seq % limits::kTailTrimEvery == 0) {
    const std::int64_t keep_from =
        std::max(place.keep_from_seq, place.seq + 1 - limits::kTailRecordsMax);
    post(place.conversation_id,
         Command("ZREMRANGEBYSCORE").add(key).add("-inf").add(keep_from - 1));
  }
  keep_for_a_while(place.conversation_id);
}

// What was there goes first: what others have cached, and never corrected, does not stay below it.
void TailCache::warm(std::int64_t conversation_id, std::span<const TailRecord> records) {
  if (!is_trusted(conversation_id)) return;
  const std::size_t most = limits::kTailRecordsMax;
  if (records.size() > most) records = records.last(most);
  Command command("ZADD");
  command.add(tail_key(epoch_, conversation_id));
  for (const TailRecord& record : records) {
    if (record.bytes.size() > limits::kTailRecordBytesMax) return;
    command.add(record.seq).add(member_of(record.seq, record.bytes));
  }
  if (records.empty() || !delete_key(conversation_id)) return;
  post(conversation_id, command);
  keep_for_a_while(conversation_id);
}

void TailCache::forget(const std::vector<std::int64_t>& conversation_ids) {
  for (const std::int64_t id : conversation_ids) {
    if (!epoch_.empty() && distrust_.has(id) && reactor_.now() < settled_at_) {
      post(id, deletion_of(id));  // for the others; we delete it once more before we believe it
    } else if (epoch_.empty() || !delete_key(id)) {
      post_lost(id);
    }
  }
}

void TailCache::keep_for_a_while(std::int64_t conversation_id) {
  constexpr std::int64_t kLongest = std::chrono::milliseconds(limits::kTailLifetime).count();
  std::uniform_int_distribution<std::int64_t> span(kLongest - kLongest / 4, kLongest);
  post(conversation_id,
       Command("PEXPIRE").add(tail_key(epoch_, conversation_id)).add(span(random_)));
}

void TailCache::post(std::int64_t conversation_id, const Command& command) {
  if (!connection_.post(command, {.owner = this, .mark = conversation_id})) {
    post_lost(conversation_id);
  }
}

Command TailCache::deletion_of(std::int64_t conversation_id) const {
  return Command("DEL").add(tail_key(epoch_, conversation_id));
}

bool TailCache::delete_key(std::int64_t conversation_id) {
  const Command command = deletion_of(conversation_id);
  if (!connection_.post(command, {.owner = this, .mark = conversation_id})) return false;
  distrust_.remove(conversation_id);  // whatever comes next on this connection comes after it
  return true;
}

// Distrust

bool TailCache::is_trusted(std::int64_t conversation_id) {
  if (epoch_.empty()) return false;
  if (!distrust_.has(conversation_id)) return true;
  return reactor_.now() >= settled_at_ && delete_key(conversation_id);
}

void TailCache::on_up() {
  settled_at_ = reactor_.now() + limits::kTailSettleTime;
  sweep_at(settled_at_);
}

void TailCache::post_lost(std::int64_t conversation_id) {
  distrust_.add(conversation_id);
  // After an error, not at once: it may be one that lasts.
  sweep_at(std::max(settled_at_, reactor_.now() + limits::kTailSettleTime));
}

void TailCache::sweep_at(reactor::TimePoint time) {
  if (!is_scheduled()) reactor_.timers().schedule(*this, time);
}

// Others, too, believe the keys that we distrust: so they go even if we need them no more.
void TailCache::expired() {
  if (reactor_.now() < settled_at_) return sweep_at(settled_at_);
  if (epoch_.empty()) return;
  for (const std::int64_t id : distrust_.some(limits::kTailSweepMax)) {
    if (!delete_key(id)) return;  // away: on_up() comes; or full
  }
  if (distrust_.size() > 0) sweep_at(reactor_.now() + limits::kTailSweepInterval);
}

// Reading

Task<std::optional<Tail>> TailCache::read(Range range) {
  const std::int64_t wanted = range.head_seq - range.after_seq;
  if (wanted <= 0) co_return Tail();
  if (wanted > limits::kTailRecordsMax) co_return counted(std::nullopt);
  std::optional<Tail> tail =
      co_await ask(range.conversation_id, Command("ZRANGEBYSCORE")
                                              .add(tail_key(epoch_, range.conversation_id))
                                              .add(range.after_seq + 1)
                                              .add(range.head_seq));
  // As many as there are numbers, each once, from the first to the last: no hole.
  const bool is_whole = tail && std::cmp_equal(tail->size(), wanted) &&
                        tail->front().seq == range.after_seq + 1 &&
                        tail->back().seq == range.head_seq;
  co_return counted(is_whole ? std::move(tail) : std::nullopt);
}

Task<std::optional<Tail>> TailCache::read_last(Last last) {
  const std::int64_t most =
      std::min(static_cast<std::int64_t>(last.count), limits::kTailRecordsMax);
  std::optional<Tail> tail =
      co_await ask(last.conversation_id, Command("ZREVRANGEBYSCORE")
                                             .add(tail_key(epoch_, last.conversation_id))
                                             .add(last.head_seq)
                                             .add("-inf")
                                             .add("LIMIT")
                                             .add(0)
                                             .add(most));
  if (!tail || tail->empty() || tail->back().seq != last.head_seq) co_return counted(std::nullopt);
  const auto is_hole = [](const TailRecord& later, const TailRecord& one) {
    return one.seq + 1 != later.seq;
  };
  const auto hole = std::adjacent_find(tail->rbegin(), tail->rend(), is_hole);
  if (hole != tail->rend()) tail->erase(tail->begin(), hole.base() - 1);
  co_return counted(std::move(tail));
}

Task<std::optional<Tail>> TailCache::ask(std::int64_t conversation_id, Command command) {
  if (!is_trusted(conversation_id)) co_return std::nullopt;
  Result<Reply> reply = co_await connection_.run(std::move(command));
  // In the meantime a write may have been lost, or a forget().
  if (!reply || distrust_.has(conversation_id)) co_return std::nullopt;
  std::optional<Tail> tail;
  if (reply->kind == Reply::Kind::kArray) tail = tail_of(std::move(reply->elements));
  if (tail) co_return tail;
  ++figures_.corrupt;
  forget({conversation_id});
  co_return std::nullopt;
}

std::optional<Tail> TailCache::counted(std::optional<Tail> tail) {
  ++(tail ? figures_.hits : figures_.misses);
  return tail;
}

}  // namespace ringtalk::cache
