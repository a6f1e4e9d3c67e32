#include "app/chat/feed_set.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "app/chat/view_rows.h"
#include "app/limits.h"
#include "app/metrics.h"

namespace ringtalk::app::chat {
namespace {

using protocol::ConversationId;
using protocol::Seq;
using reactor::Task;

// The database did not give a page: it is asked again, while the client keeps its connection.
constexpr std::chrono::milliseconds kFetchPause{250};

}  // namespace

FeedSet::FeedSet(const Environment& environment, ws::Connection& connection, Owner& owner,
                 const Listener& listener)
    : environment_(environment),
      connection_(connection),
      owner_(owner),
      user_(listener.user),
      session_(listener.session) {}

// --- listening ---

bool FeedSet::add(ConversationId id) {
  if (contains(id)) return false;
  feeds_.insert(place_of(id), Feed(*this, id));
  ++additions_;
  return true;
}

// In their order each goes to the end, and none is moved again.
void FeedSet::add_all(std::vector<ConversationId> ids) {
  feeds_.reserve(feeds_.size() + ids.size());
  std::ranges::sort(ids);
  for (const ConversationId id : ids) add(id);
}

void FeedSet::start(ConversationId id, Seq position, Seq head) {
  Feed* feed = find(id);
  if (feed == nullptr || feed->state != Feed::State::kStarting) return;
  feed->raise_head(head);
  feed->position = position;
  feed->state = Feed::State::kLive;
  // As the client was told: what came since does not hold a log of which it thinks that it is live.
  if (head - position > limits::kCatchUpEventsMax) {
    feed->events_left = static_cast<std::int16_t>(limits::kCatchUpEventsMax);
  }
  if (feed->head() > position) fill(*feed);
}

void FeedSet::remove(ConversationId id) {
  if (!contains(id)) return;
  const auto place = feeds_.begin() + (place_of(id) - feeds_.cbegin());
  Feed feed = std::move(*place);
  feeds_.erase(place);
  feed.leave();
  ack_what_was_passed(feed);
}

FeedSet::Feeds::const_iterator FeedSet::place_of(ConversationId id) const {
  return std::ranges::lower_bound(feeds_, id, {}, &Feed::id);
}

const Feed* FeedSet::find(ConversationId id) const {
  const auto place = place_of(id);
  return place == feeds_.end() || place->id() != id ? nullptr : &*place;
}

Feed* FeedSet::find(ConversationId id) {
  return const_cast<Feed*>(std::as_const(*this).find(id));
}

std::vector<ConversationId> FeedSet::conversation_ids() const {
  std::vector<ConversationId> ids;
  ids.reserve(feeds_.size());
  for (const Feed& feed : feeds_) ids.push_back(feed.id());
  return ids;
}

bool FeedSet::is_starting(ConversationId id) const {
  const Feed* feed = find(id);
  return feed != nullptr && feed->state == Feed::State::kStarting;
}

std::optional<Seq> FeedSet::head_of(ConversationId id) const {
  const Feed* feed = find(id);
  if (feed == nullptr) return std::nullopt;
  return feed->head();
}

void FeedSet::offered(Feed& feed, const Round& round) {
  if (feed.state != Feed::State::kLive || round.last() <= feed.position) return;
  const bool wants_all = round.first() == feed.position + 1;
  if (wants_all && round.are_messages && !round.frames.empty() && own_sends_.empty()) {
    feed.position = round.last();
    connection_.send_frame(round.frames);
    environment_.metrics.events_delivered += round.events.size();
    return;
  }
  for (const PublishedPtr& published : round.events) {
    if (published->event.seq <= feed.position) continue;
    // The hub is in the middle of its round, where no feed may leave it.
    if (published->event.seq != feed.position + 1 || is_own_leaving(published->event)) {
      return fill(feed);
    }
    emit(feed, *published);
  }
}

bool FeedSet::fell_behind(Feed& feed) {
  if (feed.state != Feed::State::kLive || feed.position >= feed.head()) return false;
  fill(feed);
  return true;
}

void FeedSet::pass_on(const Feed& feed, const Passing& passing) {
  const bool is_own = passing.about == user_ && passing.kind == Passing::Kind::kTyping;
  if (is_own || (session_ != 0 && passing.skipped == session_)) return;
  if (feed.state == Feed::State::kStarting ||
      connection_.unsent_bytes() > limits::kOutboxHighBytes) {
    ++environment_.metrics.passing_dropped;
    return;
  }
  connection_.send_frame(passing.frame);
  ++environment_.metrics.passing_sent;
}

void FeedSet::synced(ConversationId id, Seq after, Seq last, Seq head) {
  Feed* feed = find(id);
  if (feed == nullptr || feed->state == Feed::State::kStarting) return;
  // Also an empty batch at the head moves the position: the client says it has all before it.
  feed->position = std::max(feed->position, std::min(std::max(after, last), head));
  feed->raise_head(head);
  // At the head that the client was told, it will not ask again: what came since goes by itself,
  // also where the log was not held yet, but would have been soon.
  if (feed->position >= head) {
    feed->events_left = -1;
    if (feed->state == Feed::State::kHeld) feed->state = Feed::State::kLive;
    if (feed->position < feed->head()) fill(*feed);
  }
  ack_what_was_passed(*feed);
}

// --- sending events and acks ---

bool FeedSet::is_own_leaving(const protocol::EventView& event) const {
  const auto* left = std::get_if<protocol::Left>(&event.detail);
  return left != nullptr && left->user_id == user_;
}

bool FeedSet::is_leaving(ConversationId id, const protocol::EventView& event) const {
  const Feed* feed = find(id);
  return feed != nullptr && feed->state != Feed::State::kStarting && event.seq > feed->position &&
         is_own_leaving(event);
}

void FeedSet::emit(Feed& feed, const Published& published) {
  feed.position = published.event.seq;
  if (is_own_leaving(published.event)) return owner_.ceased_to_be_member(feed.id());
  const auto* message = std::get_if<protocol::MessageView>(&published.event.detail);
  if (message == nullptr) owner_.passes_on(published.event);
  if (published.send_key) {
    const bool is_acked = emit_ack_for({.conversation_id = published.conversation_id,
                                        .sender_id = message->sender_id,
                                        .client_id = published.send_key,
                                        .seq = published.event.seq,
                                        .timestamp_ms = published.event.timestamp_ms});
    if (is_acked) return;
  }
  connection_.send_frame(published.frame);
  ++environment_.metrics.events_delivered;
}

void FeedSet::emit_row(Feed& feed, const db::EventRow& row, const protocol::EventView& event) {
  feed.position = row.seq;
  if (is_own_leaving(event)) return owner_.ceased_to_be_member(feed.id());
  if (!std::holds_alternative<protocol::MessageView>(event.detail)) owner_.passes_on(event);
  OwnKey key{.conversation_id = feed.id(),
             .sender_id = {row.sender_id},
             .seq = row.seq,
             .timestamp_ms = row.created_at_ms};
  if (row.client_id) key.client_id = protocol::Uuid{*row.client_id};
  if (emit_ack_for(key)) return;
  connection_.send_frame(frame_of(feed.id(), event));
  ++environment_.metrics.events_delivered;
}

bool FeedSet::emit_ack_for(const OwnKey& key) {
  if (own_sends_.empty() || key.sender_id != user_ || !key.client_id) return false;
  const auto send = std::ranges::find_if(own_sends_, [&](const OwnSend& own) {
    return own.conversation_id == key.conversation_id && own.client_id == *key.client_id;
  });
  if (send == own_sends_.end()) return false;
  write_ack(*send, {.seq = key.seq, .timestamp_ms = key.timestamp_ms});
  own_sends_.erase(send);
  return true;
}

// What is committed and has not been offered yet; the rest, if there is any, is fetched.
void FeedSet::emit_from_tail(ConversationId id) {
  Feed* feed = find(id);
  while (feed != nullptr && feed->state == Feed::State::kLive) {
    const Published* next = feed->next_in_tail();
    if (next == nullptr) break;
    emit(*feed, *next);
    feed = find(id);  // it may be removed by what it tells
  }
  if (feed != nullptr && feed->position < feed->head()) fill(*feed);
}

FeedSet::SendNumber FeedSet::expect(ConversationId id, protocol::Uuid client_id,
                                    protocol::Ref ref) {
  own_sends_.push_back({.number = ++last_number_,
                        .conversation_id = id,
                        .client_id = client_id,
                        .ref = std::move(ref)});
  return last_number_;
}

void FeedSet::committed(SendNumber number, const Committed& committed) {
  const auto send = std::ranges::find(own_sends_, number, &OwnSend::number);
  if (send == own_sends_.end()) return;  // the feed was faster: the ack has left
  Feed* feed = find(send->conversation_id);
  const bool has_a_turn =
      committed.outcome == Committed::Outcome::kStored && feed != nullptr &&
      (feed->state == Feed::State::kLive || feed->state == Feed::State::kFilling) &&
      feed->position < committed.seq;
  if (has_a_turn) {
    send->committed = committed;
    // Should the hub's letter have been lost: this answer tells of the event as well.
    feed->raise_head(committed.seq);
    // Its event may wait for the hub's next round, but who has sent it need not.
    return emit_from_tail(feed->id());
  }
  Committed told = committed;
  // An earlier send of it is in the log that this connection has already been sent.
  if (committed.may_be_older && feed != nullptr && feed->position >= committed.seq) {
    told.outcome = Committed::Outcome::kDuplicate;
  }
  write_ack(*send, told);
  own_sends_.erase(send);
}

protocol::Ref FeedSet::forget(SendNumber number) {
  const auto send = std::ranges::find(own_sends_, number, &OwnSend::number);
  if (send == own_sends_.end()) return std::nullopt;
  protocol::Ref ref = std::move(send->ref);
  own_sends_.erase(send);
  return ref;
}

// Acks whose turn will not come: the position has jumped over them, or the log is held.
void FeedSet::ack_what_was_passed(const Feed& feed) {
  std::erase_if(own_sends_, [&](const OwnSend& send) {
    if (send.conversation_id != feed.id() || !send.committed) return false;
    const bool will_come = feed.state == Feed::State::kLive || feed.state == Feed::State::kFilling;
    if (will_come && send.committed->seq > feed.position) return false;
    write_ack(send, *send.committed);
    return true;
  });
}

void FeedSet::write_ack(const OwnSend& send, const Committed& committed) {
  std::string payload;
  protocol::append_ack_message(
      payload, {.ref = send.ref,
                .client_id = shown_client_id(send.client_id),
                .conversation_id = send.conversation_id,
                .seq = committed.seq,
                .timestamp_ms = committed.timestamp_ms,
                .is_duplicate = committed.outcome == Committed::Outcome::kDuplicate});
  connection_.send_text(payload);
  ++environment_.metrics.acks_sent;
}

// --- filling holes ---

void FeedSet::fill(Feed& feed) {
  if (feed.state != Feed::State::kLive || is_stopping_) return;
  feed.state = Feed::State::kFilling;
  ++environment_.metrics.feed_fills;
  stand_in_line(feed.id());
  if (is_filling_) return;
  is_filling_ = true;
  scope_.spawn(fill_all());
}

// One that was removed, added again and is behind again may stand there already.
void FeedSet::stand_in_line(ConversationId id) {
  if (std::ranges::find(behind_, id) == behind_.end()) behind_.push_back(id);
}

// One feed after the other, a page each time, until none is behind.
Task<void> FeedSet::fill_all() {
  co_await environment_.reactor.yield();  // the hub may be in the middle of its round
  while (!behind_.empty() && !is_stopping_) {
    const ConversationId id = behind_.front();
    behind_.erase(behind_.begin());
    co_await fill_some(id);
    const Feed* feed = find(id);
    if (feed != nullptr && feed->state == Feed::State::kFilling) stand_in_line(id);
  }
  behind_ = {};  // a session at rest keeps nothing of it
  is_filling_ = false;
}

Task<void> FeedSet::fill_some(ConversationId id) {
  fill_from_tail(id);
  if (find_unpaused(id) != nullptr && !(co_await fetch_page(id))) {
    co_await environment_.reactor.sleep_for(kFetchPause);
  }
  Feed* feed = find(id);
  if (feed == nullptr || feed->state != Feed::State::kFilling) co_return;
  filled(*feed);
  // A peer that reads slowly is waited for here, in front of the next page.
  static_cast<void>(co_await connection_.drained(limits::kOutboxLowBytes));
}

void FeedSet::fill_from_tail(ConversationId id) {
  while (Feed* feed = find_unpaused(id)) {
    const Published* next = feed->next_in_tail();
    if (next == nullptr) return;
    if (feed->events_left > 0) --feed->events_left;
    emit(*feed, *next);
  }
}

void FeedSet::filled(Feed& feed) {
  if (feed.position >= feed.head()) {
    feed.state = Feed::State::kLive;
    feed.events_left = -1;
  } else if (feed.events_left == 0) {
    feed.state = Feed::State::kHeld;
    ack_what_was_passed(feed);
  }
}

Feed* FeedSet::find_unpaused(ConversationId id) {
  Feed* feed = find(id);
  if (feed == nullptr || feed->state != Feed::State::kFilling) return nullptr;
  const bool is_paused = feed->position >= feed->head() || feed->events_left == 0 || is_stopping_ ||
                         connection_.unsent_bytes() > limits::kOutboxHighBytes;
  return is_paused ? nullptr : feed;
}

Task<bool> FeedSet::fetch_page(ConversationId id) {
  const Feed& behind = *find(id);
  std::int64_t limit = limits::kCatchUpEventsMax;
  if (behind.events_left > 0) limit = std::min(limit, std::int64_t{behind.events_left});
  auto page = co_await environment_.messages.events({.conversation_id = id.value,
                                                     .after_seq = behind.position,
                                                     .limit = limit,
                                                     .known_head = behind.head()});
  if (!page || page->events.empty()) co_return false;
  if (Feed* feed = find(id)) feed->raise_head(page->last_seq);
  for (const db::EventRow& row : page->events) {
    Feed* feed = find_unpaused(id);
    // The position may have moved meanwhile, by a sync; or the user may have left.
    if (feed == nullptr || row.seq > feed->position + 1) break;
    if (row.seq <= feed->position) continue;
    const auto event = event_view(row, environment_.json_reader);
    if (!event) co_return false;
    if (feed->events_left > 0) --feed->events_left;
    emit_row(*feed, row, *event);
  }
  co_return true;
}

}  // namespace ringtalk::app::chat
