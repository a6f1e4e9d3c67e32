#include "app/chat/cached_message_store.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "app/limits.h"
#include "db/message_status.h"

namespace ringtalk::app::chat {
namespace {

using cache::TailCache;
using db::Answer;
using reactor::Task;

}  // namespace

// --- what the cache has no part in ---

Answer<std::vector<db::CommitResult>> CachedMessageStore::commit(std::vector<db::Draft> drafts,
                                                                 db::CommitLane lane) {
  return environment_.store.commit(std::move(drafts), lane);
}

Answer<std::vector<std::int64_t>> CachedMessageStore::locked_of(
    std::vector<std::int64_t> conversation_ids) {
  return environment_.store.locked_of(std::move(conversation_ids));
}

Answer<std::optional<db::MessageRow>> CachedMessageStore::find_message(std::int64_t conversation_id,
                                                                       std::int64_t seq) {
  return environment_.store.find_message(conversation_id, seq);
}

Answer<db::LogHead> CachedMessageStore::head(std::int64_t conversation_id) {
  return environment_.store.head(conversation_id);
}

Answer<std::int64_t> CachedMessageStore::first_seq_since(std::int64_t conversation_id,
                                                         std::int64_t time_ms) {
  return environment_.store.first_seq_since(conversation_id, time_ms);
}

// --- events ---

// Whoever asks the same while it is under way gets the same answer: after a lost letter, or an
// outage, all who listen to a conversation miss the same events.
Answer<db::EventPage> CachedMessageStore::events(db::EventsRequest request) {
  const EventsKey key{.conversation_id = request.conversation_id,
                      .after_seq = request.after_seq,
                      .limit = request.limit};
  if (const auto found = flights_.find(key); found != flights_.end()) {
    ++joined_;
    const std::shared_ptr<Flight> flight = found->second;
    struct Suspension {
      Flight& flight;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> self) const { flight.waiters.push_back(self); }
      void await_resume() const noexcept {}
    };
    co_await Suspension{*flight};
    co_return *flight->page;
  }
  const auto flight = std::make_shared<Flight>();
  flights_.emplace(key, flight);
  flight->page = co_await read_events(request);
  // Who comes from now on asks anew: the log may have grown since this was read.
  flights_.erase(key);
  for (const std::coroutine_handle<> waiter : flight->waiters) {
    environment_.reactor.make_ready(waiter);
  }
  co_return *flight->page;
}

Answer<db::EventPage> CachedMessageStore::read_events(db::EventsRequest request) {
  const bool is_near_the_head =
      request.known_head > 0 && request.after_seq >= request.known_head - limits::kCachedTailEvents;
  if (environment_.has_tails && is_near_the_head) {
    auto page = co_await events_from_tail(request);
    if (page) co_return std::move(*page);
  }
  co_return co_await environment_.store.events(request);
}

Task<std::optional<db::EventPage>> CachedMessageStore::events_from_tail(db::EventsRequest request) {
  const auto head = co_await environment_.store.head(request.conversation_id);
  if (!head || !head->exists) co_return std::nullopt;
  db::EventPage page{.last_seq = head->last_seq};
  if (request.after_seq >= head->last_seq) co_return page;
  const TailCache::Range range{.conversation_id = request.conversation_id,
                               .head_seq = head->last_seq,
                               .after_seq = request.after_seq};
  const auto read = [range] RINGTALK_COROUTINE_WRAPPER(ShardPort & port) {
    return port.tails->read(range);
  };
  auto rows = co_await environment_.directory.ask_task(
      environment_.reactor, environment_.directory.owner_of(request.conversation_id), read);
  if (!rows) co_return std::nullopt;
  if (std::ssize(*rows) > request.limit) rows->resize(static_cast<std::size_t>(request.limit));
  page.events = std::move(*rows);
  db::set_statuses(page.events, head->members);
  co_return page;
}

// --- history ---

Answer<db::MessagePage> CachedMessageStore::history(db::HistoryRequest request) {
  const bool is_newest = !request.before_seq && !request.after_seq;
  if (environment_.has_tails && is_newest && request.limit <= limits::kCachedPageMessagesMax) {
    auto page = co_await history_from_tail(request);
    if (page) co_return std::move(*page);
  }
  co_return co_await environment_.store.history(request);
}

// The tail ends at the head, so the numbers of its messages count back from the last one.
Task<std::optional<db::MessagePage>> CachedMessageStore::history_from_tail(
    db::HistoryRequest request) {
  const auto head = co_await environment_.store.head(request.conversation_id);
  if (!head || !head->exists) co_return std::nullopt;
  if (head->last_number == 0) co_return db::MessagePage();
  const TailCache::Last last{.conversation_id = request.conversation_id,
                             .head_seq = head->last_seq,
                             .count = static_cast<std::size_t>(std::min(
                                 head->last_seq, request.limit + limits::kCachedPageMargin))};
  const auto read = [last] RINGTALK_COROUTINE_WRAPPER(ShardPort & port) {
    return port.tails->read_last(last);
  };
  auto rows = co_await environment_.directory.ask_task(
      environment_.reactor, environment_.directory.owner_of(request.conversation_id), read);
  if (!rows) co_return std::nullopt;
  db::set_statuses(*rows, head->members);
  db::MessagePage page;
  std::int64_t number = head->last_number;
  for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
    if (row->kind != db::EventKind::kMessage) continue;
    if (std::ssize(page.messages) == request.limit) break;
    row->number = number--;
    page.messages.push_back(std::move(*row));
  }
  page.has_more = number > 0;
  // Too much else lies between its messages: the page goes back behind the tail.
  if (page.has_more && std::ssize(page.messages) < request.limit) co_return std::nullopt;
  co_return page;
}

std::size_t CachedMessageStore::HashEventsKey::operator()(const EventsKey& key) const noexcept {
  return std::hash<protocol::ConversationId>{}({key.conversation_id}) ^
         std::hash<std::int64_t>{}(key.after_seq * 1'000 + key.limit);
}

}  // namespace ringtalk::app::chat
